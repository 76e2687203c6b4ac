//! Counters for Prometheus at `/metrics`: requests and their time by status class.

use crate::Shared;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Requests answered and microseconds spent, by class of status (2xx, 3xx, 4xx, 5xx).
#[derive(Default)]
pub struct Metrics {
    answered: [AtomicU64; 6],
    microseconds: [AtomicU64; 6],
}

/// Counts each answer.
pub async fn count(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let response = next.run(request).await;
    let class = usize::from(response.status().as_u16() / 100).min(5);
    let spent = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    shared.metrics.answered[class].fetch_add(1, Ordering::Relaxed);
    shared.metrics.microseconds[class].fetch_add(spent, Ordering::Relaxed);
    response
}

impl Metrics {
    /// The text Prometheus reads.
    pub fn text(&self, journal_position: i64) -> String {
        let mut text = String::from("# TYPE guatu_http_requests_total counter\n");
        for class in 2..6 {
            text += &format!(
                "guatu_http_requests_total{{class=\"{class}xx\"}} {}\n",
                self.answered[class].load(Ordering::Relaxed)
            );
        }
        text += "# TYPE guatu_http_seconds_total counter\n";
        for class in 2..6 {
            let seconds = self.microseconds[class].load(Ordering::Relaxed) as f64 / 1e6;
            text += &format!("guatu_http_seconds_total{{class=\"{class}xx\"}} {seconds}\n");
        }
        text + &format!(
            "# TYPE guatu_journal_position gauge\nguatu_journal_position {journal_position}\n"
        )
    }
}
