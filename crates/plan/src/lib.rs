//! Activities, links and dates: forward and backward scheduling, period cascade, catch-up, lights.
