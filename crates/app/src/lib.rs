//! One function for each thing a user does: rights, transaction, audit.
