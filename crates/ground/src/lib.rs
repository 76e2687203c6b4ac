//! Values with a standard behind them: periods, working calendars, money, rates, codes, ids, findings.
