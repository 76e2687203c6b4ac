//! A PostgreSQL server for tests, also for those of rooms above. It is started by the test process itself, once, and
//! stops when the process ends in whatever way: its keeper waits for the end of a pipe.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Address of an empty schema of its own.
pub fn fresh_url() -> String {
    static SCHEMAS: AtomicUsize = AtomicUsize::new(0);
    let server = server();
    let schema = format!("t{}", SCHEMAS.fetch_add(1, Ordering::Relaxed));
    let mut client =
        postgres::Client::connect(&server.url, postgres::NoTls).expect("server was started");
    client
        .batch_execute(&format!("CREATE SCHEMA {schema}"))
        .expect("new schema");
    format!("{}&options=-csearch_path%3D{schema}", server.url)
}

struct Server {
    url: String,
    _keeper: std::process::Child,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(start)
}

/// The folder with `initdb` and `postgres`.
fn binaries() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    let complete =
        |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    folders.into_iter().find(complete).expect(
        "these tests need PostgreSQL's own binaries (initdb, postgres), but found none in PATH or \
         /usr/lib/postgresql/*/bin: please install the Debian package `postgresql`",
    )
}

/// PostgreSQL refuses to run as root: then another user takes it over.
fn other_user() -> Option<&'static str> {
    let id = Command::new("id")
        .arg("-u")
        .output()
        .expect("id is everywhere")
        .stdout;
    if String::from_utf8_lossy(&id).trim() != "0" {
        return None;
    }
    let exists = |user: &&str| {
        Command::new("id")
            .arg(user)
            .output()
            .is_ok_and(|o| o.status.success())
    };
    ["postgres", "nobody"].into_iter().find(exists)
}

fn shell(user: Option<&str>, script: &str) -> Command {
    let mut command = match user {
        None => Command::new("sh"),
        Some(user) => {
            let mut command = Command::new("setpriv");
            let group = Command::new("id")
                .args(["-gn", user])
                .output()
                .expect("user is known");
            let group = String::from_utf8_lossy(&group.stdout).trim().to_owned();
            command.args([&format!("--reuid={user}"), &format!("--regid={group}")]);
            command.args(["--clear-groups", "sh"]);
            command
        }
    };
    command.args(["-c", script]).current_dir("/");
    command
}

fn start() -> Server {
    let (bin, user) = (binaries(), other_user());
    let folder = tempfile::Builder::new()
        .prefix("guatu-pg")
        .tempdir()
        .expect("temporary folder");
    // The keeper removes it.
    let folder = folder.keep();
    if let Some(user) = user {
        let given = Command::new("chown").arg(user).arg(&folder).status();
        assert!(
            given.is_ok_and(|s| s.success()),
            "the folder is given to {user}"
        );
    }
    let (bin, at) = (bin.display(), folder.display());
    let init = format!(
        "'{bin}/initdb' -D '{at}/data' -U guatu -A trust -E UTF8 --locale=C.UTF-8 --no-sync"
    );
    let made = shell(user, &init).output().expect("initdb runs");
    assert!(
        made.status.success(),
        "initdb: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    // fsync stays off: these tests kill our process, never the server's machine.
    let keep = format!(
        "'{bin}/postgres' -D '{at}/data' -k '{at}' -c listen_addresses= -c fsync=off \
           -c max_connections=300 -c shared_buffers=64MB >'{at}/log' 2>&1 &
         pid=$!
         cat >/dev/null
         kill -INT $pid; wait $pid; rm -rf '{at}'"
    );
    let keeper = shell(user, &keep)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("keeper runs");
    let host = folder.display().to_string().replace('/', "%2F");
    let url = format!("postgres://guatu@{host}/postgres?connect_timeout=10");
    let until = Instant::now() + Duration::from_secs(300);
    while postgres::Client::connect(&url, postgres::NoTls).is_err() {
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(Instant::now() < until, "PostgreSQL does not start: {log}");
        std::thread::sleep(Duration::from_millis(50));
    }
    Server {
        url,
        _keeper: keeper,
    }
}
