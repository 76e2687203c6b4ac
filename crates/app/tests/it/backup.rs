//! Backup and restore.

use crate::world::{DAY, World, id_of, local, sample};
use app::records::ListQuery;
use app::{App, Clock, OpenOptions, attachment, backup, home, records};

#[test]
fn a_restored_backup_is_the_same_district() {
    let (world, app) = sample();
    let me = local(&app);
    let id = id_of(&app, "project", "郑州外国语中学莲湖校区项目");
    let file =
        attachment::add(&app, &me, "project", &id, "批复.txt", "同意".as_bytes()).expect("a file");
    let target = world.folder.path().join("backup");
    backup::backup(&app, &target).expect("a backup while work goes on");
    let after = records::create(
        &app,
        &me,
        "matter",
        &crate::world::matter(&app, "备份之后的事"),
        "",
        None,
    )
    .expect("work goes on");
    let data = world.folder.path().join("restored");
    backup::restore(&target, &data).expect("restored");
    let again = App::open(OpenOptions {
        data,
        database: None,
        district: None,
        district_name: None,
        clock: Clock::standing(DAY),
    })
    .expect("it opens");
    assert!(backup::verify(&again).expect("verify").whole);
    assert_eq!(
        format!("{:?}", home::home(&again, &me, None).expect("home").round),
        format!("{:?}", home::home(&app, &me, None).expect("home").round)
    );
    assert_eq!(again.district_name(), "中原区");
    for register in app
        .definitions()
        .iter()
        .map(|one| one.id.as_str())
        .filter(|id| *id != "matter")
    {
        let all = |app: &App| {
            let page = records::list(
                app,
                &me,
                register,
                &ListQuery {
                    limit: 500,
                    ..ListQuery::default()
                },
                None,
            )
            .expect("a list");
            format!("{:?}", page.items)
        };
        assert_eq!(all(&again), all(&app), "{register}");
    }
    assert!(records::get(&again, &me, "matter", &after.record.id.to_string(), None).is_err());
    assert_eq!(
        attachment::open(&again, &me, &file.id).expect("the file").1,
        "同意".as_bytes()
    );
}

#[test]
fn an_occupied_folder_is_never_overwritten() {
    let world = World::sqlite();
    let app = world.open();
    let target = world.folder.path().join("backup");
    backup::backup(&app, &target).expect("a first backup");
    assert_eq!(
        crate::world::codes(backup::backup(&app, &target)),
        ["backup.place"]
    );
    assert_eq!(
        crate::world::codes(backup::restore(&target, &world.folder.path().join("data"))),
        ["backup.place"]
    );
    assert_eq!(
        crate::world::codes(backup::restore(
            &world.folder.path().join("nothing"),
            &world.folder.path().join("new")
        )),
        ["backup.place"]
    );
}
