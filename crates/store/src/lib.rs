//! Journal and current state in SQLite and PostgreSQL.
