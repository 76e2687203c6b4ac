//! What the program prints: lines that survive a closed pipe, findings as sentences.

use ground::Finding;
use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

/// Prints a line to standard output, as `println!` does, but ends in silence where nobody reads it any more.
macro_rules! say {
    ($($text:tt)*) => { $crate::say::line(std::io::stdout().lock(), format_args!($($text)*)) };
}

/// Likewise to standard error.
macro_rules! complain {
    ($($text:tt)*) => { $crate::say::line(std::io::stderr().lock(), format_args!($($text)*)) };
}

pub(crate) use {complain, say};

/// Writes a line. A closed pipe (`guatu … | head`) has seen enough: the work goes on and its exit code stands; what
/// cannot be written for another reason (a full disk) ends the program.
pub fn line(out: impl Write, text: Arguments) {
    if let Err(error) = try_line(out, text)
        && error.kind() != ErrorKind::BrokenPipe
    {
        std::process::exit(1);
    }
}

fn try_line(mut out: impl Write, text: Arguments) -> std::io::Result<()> {
    out.write_fmt(text)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Place, problem and remedy, each told apart.
pub fn finding_text(finding: &Finding) -> String {
    let told = sentences(&finding.problem, &finding.remedy);
    match finding.place.as_str() {
        "" => told,
        place => format!("{place}  {told}"),
    }
}

/// Two sentences with their full stops, where they lack them.
pub fn sentences(problem: &str, remedy: &str) -> String {
    let closed = |text: &str| {
        let ended = text.ends_with(['。', '！', '？', '；', '.', '!', '?']);
        match text {
            "" => String::new(),
            text if ended => text.to_owned(),
            text => format!("{text}。"),
        }
    };
    format!("{}{}", closed(problem), closed(remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Err(ErrorKind::BrokenPipe.into())
        }
    }

    #[test]
    fn a_closed_pipe_is_no_panic() {
        line(Closed, format_args!("{}", "很多行"));
    }

    #[test]
    fn problem_and_remedy_are_two_sentences() {
        let told = sentences("这不是计划文件，而是空文件", "请在 P6 中导出");
        assert_eq!(told, "这不是计划文件，而是空文件。请在 P6 中导出。");
        assert_eq!(sentences("工期是负数。", ""), "工期是负数。");
        assert_eq!(sentences("看不懂", "请核对！"), "看不懂。请核对！");
    }
}
