//! Load over HTTP on kept connections: as many threads as connections, each asks, reads the whole answer, asks again.
//! CPU is that of the server's processes as the kernel counts it; the generator's own is not in it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What is asked.
pub struct Plan {
    /// `127.0.0.1:8600`.
    pub address: String,
    /// Processes of the server; those they started are counted with them.
    pub pids: Vec<u32>,
    /// Connections.
    pub connections: usize,
    /// Seconds, after one that warms up.
    pub seconds: u64,
    /// `GET`, `POST`.
    pub method: String,
    /// Path; `{id}` is one of `ids`, chosen in turn.
    pub path: String,
    /// Body; `{n}` is a number that no other request has.
    pub body: String,
    /// Further header lines.
    pub headers: Vec<String>,
    /// What `{id}` stands for.
    pub ids: Vec<String>,
    /// Name of the figure.
    pub name: String,
}

struct Done {
    times: Vec<f64>,
    refused: u64,
    first_refusal: String,
}

/// Prints one line: requests per second, CPU per request, latencies, memory.
///
/// # Errors
/// A connection that cannot be made or breaks.
pub fn run(plan: &Plan) -> std::io::Result<()> {
    let number = AtomicU64::new(since_epoch());
    phase(plan, &number, Duration::from_secs(1))?;
    let before = seconds_of(&plan.pids);
    let start = Instant::now();
    let done = phase(plan, &number, Duration::from_secs(plan.seconds))?;
    let wall = start.elapsed().as_secs_f64();
    let cpu = seconds_of(&plan.pids) - before;
    tell(plan, done, wall, cpu);
    Ok(())
}

fn since_epoch() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |d| d.as_millis() as u64 * 1000)
}

fn phase(plan: &Plan, number: &AtomicU64, length: Duration) -> std::io::Result<Vec<Done>> {
    let end = Instant::now() + length;
    std::thread::scope(|scope| {
        let ask = |_| scope.spawn(|| connection(plan, number, end));
        let threads: Vec<_> = (0..plan.connections).map(ask).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, std::io::Result<Done>>| {
            thread.join().expect("a thread that asks does not panic")
        };
        threads.into_iter().map(join).collect()
    })
}

fn connection(plan: &Plan, number: &AtomicU64, end: Instant) -> std::io::Result<Done> {
    let mut stream = TcpStream::connect(&plan.address)?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::with_capacity(1 << 16, stream.try_clone()?);
    let mut done = Done {
        times: Vec::new(),
        refused: 0,
        first_refusal: String::new(),
    };
    while Instant::now() < end {
        let request = request(plan, number.fetch_add(1, Ordering::Relaxed));
        let start = Instant::now();
        stream.write_all(request.as_bytes())?;
        let (status, body) = answer(&mut reader)?;
        done.times.push(start.elapsed().as_secs_f64() * 1e3);
        if !(200..300).contains(&status) {
            done.refused += 1;
            if done.first_refusal.is_empty() {
                done.first_refusal = format!("{status} {}", String::from_utf8_lossy(&body));
            }
        }
    }
    Ok(done)
}

fn request(plan: &Plan, n: u64) -> String {
    let id = plan.ids.get(n as usize % plan.ids.len().max(1));
    let path = plan.path.replace("{id}", id.map_or("", String::as_str));
    let body = plan.body.replace("{n}", &n.to_string());
    let headers: String = plan.headers.iter().map(|h| format!("{h}\r\n")).collect();
    format!(
        "{} {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        plan.method,
        plan.address,
        body.len()
    )
}

fn answer(reader: &mut impl BufRead) -> std::io::Result<(u16, Vec<u8>)> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|n| n.parse().ok());
    let status = status.ok_or_else(|| std::io::Error::other(format!("no answer: {line:?}")))?;
    let (mut length, mut chunked) = (0, false);
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let head = line.trim_end().to_ascii_lowercase();
        match head.split_once(':') {
            None => break,
            Some(("content-length", n)) => length = n.trim().parse().unwrap_or(0),
            Some(("transfer-encoding", how)) => chunked = how.trim() == "chunked",
            Some(_) => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    while chunked {
        line.clear();
        reader.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16).unwrap_or(0);
        let from = body.len();
        body.resize(from + size + 2, 0);
        reader.read_exact(&mut body[from..])?;
        body.truncate(from + size);
        chunked = size > 0;
    }
    Ok((status, body))
}

fn tell(plan: &Plan, done: Vec<Done>, wall: f64, cpu: f64) {
    let refused: u64 = done.iter().map(|d| d.refused).sum();
    let why = done
        .iter()
        .map(|d| &d.first_refusal)
        .find(|w| !w.is_empty());
    let mut times: Vec<f64> = done.iter().flat_map(|d| d.times.iter().copied()).collect();
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get((times.len().max(1) - 1) * share / 100);
    let (p50, p99) = (
        at(50).copied().unwrap_or(0.0),
        at(99).copied().unwrap_or(0.0),
    );
    println!(
        "{:<28} {:>8.0} /s {:>8.3} ms CPU each  p50 {p50:>7.2}  p99 {p99:>7.2} ms  {:>4} MB  {} requests, {refused} refused{}",
        plan.name,
        times.len() as f64 / wall,
        cpu * 1e3 / times.len().max(1) as f64,
        memory_of(&plan.pids) >> 10,
        times.len(),
        why.map_or(String::new(), |w| format!(
            ": {}",
            w.chars().take(300).collect::<String>()
        ))
    );
}

/// User and system time of processes and of those they started, in seconds.
fn seconds_of(pids: &[u32]) -> f64 {
    let ticks = |pid: u32| -> Option<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, fields) = stat.rsplit_once(')')?;
        let mut fields = fields.split_whitespace().skip(11);
        let (user, system) = (fields.next()?, fields.next()?);
        Some(user.parse::<u64>().ok()? + system.parse::<u64>().ok()?)
    };
    let all: u64 = family(pids).into_iter().filter_map(ticks).sum();
    // The kernel tells these times in hundredths of a second.
    all as f64 / 100.0
}

/// Resident kilobytes of processes and of those they started; shared pages count in each.
fn memory_of(pids: &[u32]) -> u64 {
    let resident = |pid: u32| -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let line = status.lines().find(|l| l.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    family(pids).into_iter().filter_map(resident).sum()
}

fn family(pids: &[u32]) -> Vec<u32> {
    let mut found = pids.to_vec();
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return found;
    };
    for entry in entries.flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|n| n.parse::<u32>().ok())
        else {
            continue;
        };
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let parent = stat
            .rsplit_once(')')
            .and_then(|(_, f)| f.split_whitespace().nth(1)?.parse().ok());
        if parent.is_some_and(|parent| found.contains(&parent)) && !found.contains(&pid) {
            found.push(pid);
        }
    }
    found
}
