//! Change events: one watcher reads the journal's position and tells all open pages. Works the same when several
//! processes share a database, because it asks the journal and not this process.

use app::App;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;

/// How often the journal is asked.
const PERIOD: Duration = Duration::from_millis(700);
/// Events kept for a slow page; a page that misses some reloads.
const BACKLOG: usize = 256;

/// The channel all pages listen to.
pub type Changes = broadcast::Sender<app::Change>;

/// Starts the watcher of one district. It ends with the runtime.
pub fn watch(app: Arc<App>) -> Changes {
    let (sender, _) = broadcast::channel(BACKLOG);
    let changes = sender.clone();
    if tokio::runtime::Handle::try_current().is_ok() {
        tokio::spawn(follow(app, sender));
    }
    changes
}

async fn follow(app: Arc<App>, sender: Changes) {
    let mut position = position_of(&app).await;
    let mut clock = tokio::time::interval(PERIOD);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        if sender.receiver_count() == 0 {
            position = position_of(&app).await.max(position);
            continue;
        }
        let asked = app.clone();
        let Ok(Ok(found)) =
            tokio::task::spawn_blocking(move || asked.changes_since(position)).await
        else {
            continue;
        };
        for change in found {
            position = position.max(change.seq);
            // No listener is no failure.
            let _ = sender.send(change);
        }
    }
}

async fn position_of(app: &Arc<App>) -> i64 {
    let app = app.clone();
    tokio::task::spawn_blocking(move || app.position().unwrap_or_default())
        .await
        .unwrap_or_default()
}
