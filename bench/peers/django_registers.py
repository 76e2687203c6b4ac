"""A register in Django + DRF for `registers.py`: the same 14 fields, session login, rights by role, journal row per write.

Run by gunicorn: `gunicorn django_registers:application`. Environment: BENCH_DB (SQLite file).
`python3 django_registers.py setup ROWS` makes the tables, the clerk, the rows, and prints the session key.

Equal work as far as the two allow: session and permission checked per request, WAL and synchronous=FULL, a unique code,
one transaction with the record and its journal row (who, when, what, chained by SHA-256 to the one before).
"""

import hashlib
import json
import os
import sys

from django.conf import settings

FIELDS = ["code", "name", "batch", "stage", "street", "unit", "plan", "done", "start_due", "finish_due", "light",
          "progress", "note"]

if not settings.configured:
    settings.configure(
        SECRET_KEY="bench", DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True,
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
                        "rest_framework"],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                    "django.contrib.auth.middleware.AuthenticationMiddleware"],
        DATABASES={"default": {
            "ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["BENCH_DB"], "CONN_MAX_AGE": None,
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30,
                        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"},
        }},
        REST_FRAMEWORK={
            "DEFAULT_AUTHENTICATION_CLASSES": [],
            "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.DjangoModelPermissions"],
            "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
            "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination", "PAGE_SIZE": 20,
        },
    )
    import django
    django.setup()

from django.contrib.auth.models import Permission, User  # noqa: E402
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.urls import include, path  # noqa: E402
from rest_framework import authentication, routers, serializers, viewsets  # noqa: E402


class Session(authentication.SessionAuthentication):
    """The cookie's session; without the form token, as our own requests carry a header instead."""

    def enforce_csrf(self, request):
        return


class Project(models.Model):
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    batch = models.CharField(max_length=20)
    stage = models.CharField(max_length=20)
    street = models.CharField(max_length=20)
    unit = models.CharField(max_length=20)
    plan = models.BigIntegerField()
    done = models.BigIntegerField()
    start_due = models.DateField()
    finish_due = models.DateField()
    light = models.CharField(max_length=20)
    progress = models.IntegerField()
    note = models.TextField()

    class Meta:
        app_label = "auth"
        db_table = "project"
        indexes = [models.Index(fields=["stage", "plan"], name="project_stage_plan")]


class Journal(models.Model):
    at = models.DateTimeField(auto_now_add=True)
    user = models.IntegerField()
    record = models.BigIntegerField()
    what = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        app_label = "auth"
        db_table = "journal"


class ProjectSerializer(serializers.ModelSerializer):
    class Meta:
        model = Project
        fields = ["id", *FIELDS]


class Projects(viewsets.ModelViewSet):
    serializer_class = ProjectSerializer
    authentication_classes = [Session]

    def get_queryset(self):
        wanted = self.request.query_params
        rows = Project.objects.all()
        if "stage" in wanted:
            rows = rows.filter(stage=wanted["stage"]).order_by("-plan")
        return rows

    def perform_create(self, serializer):
        with transaction.atomic():
            record = serializer.save()
            last = Journal.objects.order_by("-id").values_list("hash", flat=True).first() or ""
            what = json.dumps(serializer.data, ensure_ascii=False)
            chained = hashlib.sha256((last + what).encode()).hexdigest()
            Journal.objects.create(user=self.request.user.id, record=record.id, what=what, hash=chained)


router = routers.SimpleRouter(trailing_slash=False)
router.register("projects", Projects, basename="project")
urlpatterns = [path("", include(router.urls))]
application = get_wsgi_application()


def row(n):
    mixed = n * 2654435761 % (1 << 31)
    day = lambda d: f"{2020 + d % 5}-{1 + d % 12:02}-{1 + d % 28:02}"
    return Project(
        code=f"P{n}", name=f"{mixed % 100000}号产业园项目{n}", batch=f"b{mixed % 2}",
        stage=["signed", "started", "commissioned"][mixed // 7 % 3], street=f"s{mixed // 11 % 12}",
        unit=f"u{mixed // 13 % 40}", plan=100000 + 700 * n % 9000000, done=1300 * n % 9000000, start_due=day(mixed // 3),
        finish_due=day(mixed // 5), light=["green", "yellow", "red"][mixed // 17 % 3], progress=mixed // 19 % 100,
        note="建设厂房十二万平方米,配套研发中心和人才公寓,已完成土地平整和围挡,正在办理施工许可",
    )


def setup(rows):
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Project)
        editor.create_model(Journal)
    kind, _ = ContentType.objects.get_or_create(app_label="auth", model="project")
    clerk = User.objects.create_user("clerk")
    for act in ["view", "add", "change"]:
        clerk.user_permissions.add(Permission.objects.create(codename=f"{act}_project", content_type=kind, name=act))
    Project.objects.bulk_create([row(n) for n in range(rows)], batch_size=500)
    session = SessionStore()
    session["_auth_user_id"] = str(clerk.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = clerk.get_session_auth_hash()
    session.create()
    print(session.session_key)


if __name__ == "__main__" and sys.argv[1:2] == ["setup"]:
    sys.modules["django_registers"] = sys.modules[__name__]
    setup(int(sys.argv[2]))
