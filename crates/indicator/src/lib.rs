//! Targets, pace, forecast, gap and ranking of statistical indicators.
