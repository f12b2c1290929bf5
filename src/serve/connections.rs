//! The connections: a thread for each, no more than the machine can bear. Where there are too many, the one that has been waiting
//! longest without asking for anything makes room, so that idle or half-open connections never keep a reader out.

use std::collections::BTreeMap;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::http::{self, Answer, Request, Trouble};

/// Most connections at once.
const MAX_CONNECTIONS: u64 = 256;

/// Answers one request on its connection; whether another may follow.
pub(super) type Answerer = dyn Fn(&Request, &mut TcpStream) -> bool + Send + Sync;

/// The open connections by their number, which grows with each; with what it takes to end one.
#[derive(Debug, Default)]
struct Open {
    next: u64,
    streams: BTreeMap<u64, (TcpStream, bool)>,
}

/// Accepts connections for as long as the process lives.
pub(super) fn accept(listener: &TcpListener, answer: Arc<Answerer>) {
    let open = Arc::new(Mutex::new(Open::default()));
    loop {
        let Ok((stream, _)) = listener.accept() else {
            // Out of descriptors, most likely: some are free again soon.
            std::thread::sleep(Duration::from_millis(20));
            continue;
        };
        let Some(number) = enter(&open, &stream) else { continue };
        let (answer, shared) = (Arc::clone(&answer), Arc::clone(&open));
        let thread = std::thread::Builder::new().name("connection".to_owned());
        let started = thread.spawn(move || {
            converse(stream, &*answer, &|waits| {
                if let Some(entry) = lock(&shared).streams.get_mut(&number) {
                    entry.1 = waits;
                }
            });
            lock(&shared).streams.remove(&number);
        });
        if started.is_err() {
            lock(&open).streams.remove(&number);
        }
    }
}

/// Notes a new connection, and ends the oldest waiting one where there are too many; `None` where none can be spared.
fn enter(open: &Mutex<Open>, stream: &TcpStream) -> Option<u64> {
    let mut open = lock(open);
    if open.streams.len() as u64 >= MAX_CONNECTIONS {
        let oldest = open.streams.iter().find(|(_, (_, waits))| *waits).map(|(number, _)| *number)?;
        if let Some((stream, _)) = open.streams.remove(&oldest) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
    let number = open.next;
    open.next += 1;
    open.streams.insert(number, (stream.try_clone().ok()?, true));
    Some(number)
}

fn lock(open: &Mutex<Open>) -> MutexGuard<'_, Open> {
    // A connection's entry is whole whatever became of the thread that held the lock.
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers the requests of one connection, one after the other.
fn converse(mut stream: TcpStream, answer: &Answerer, waits: &dyn Fn(bool)) {
    let _ = stream.set_nodelay(true);
    let mut rest = Vec::new();
    loop {
        match http::read(&mut stream, &mut rest) {
            Ok(request) => {
                waits(false);
                if !answer(&request, &mut stream) || !request.keep_alive {
                    break;
                }
                waits(true);
            }
            Err(Trouble::Gone) => return,
            Err(Trouble::Refused(status)) => {
                let _ = Answer::refusal(status).send(&mut stream, None);
                break;
            }
        }
    }
    // A socket that is closed with unread bytes is reset, and the answer may be lost with it: the other side closes first.
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
    let mut sink = [0; 4096];
    for _ in 0..16 {
        if !matches!(std::io::Read::read(&mut stream, &mut sink), Ok(read) if read > 0) {
            break;
        }
    }
}
