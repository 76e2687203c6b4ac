//! `/events`: server-sent events, one for each journal entry, without its content.

use crate::Shared;
use crate::access::Signed;
use axum::Router;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use futures_util::Stream;
use futures_util::StreamExt;
use std::convert::Infallible;
use tokio_stream::wrappers::BroadcastStream;

/// The route.
pub fn router() -> Router<Shared> {
    Router::new().route("/events", get(events))
}

async fn events(
    State(shared): State<Shared>,
    Signed(actor): Signed,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream = BroadcastStream::new(shared.changes.subscribe()).filter_map(move |change| {
        let event = match change {
            Ok(change) if actor.may_see(&change.org_path) => Some(Ok(describe(&change))),
            Ok(_) => None,
            // The page was too slow and missed some: it reloads.
            Err(_) => Some(Ok(Event::default().event("reload").data("{}"))),
        };
        std::future::ready(event)
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

fn describe(change: &app::Change) -> Event {
    let data = serde_json::json!({
        "seq": change.seq,
        "register": change.register,
        "record_id": change.record_id,
        "actor": change.actor,
    });
    Event::default().event("change").data(data.to_string())
}
