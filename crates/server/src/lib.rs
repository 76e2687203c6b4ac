//! HTTP: login, JSON views, change events, the embedded web.
