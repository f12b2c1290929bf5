//! Two things at once. The pool of threads would do as well, but there a task may change its thread: what a thread has given back of its
//! memory is not at once another's, and a large site then takes more.

/// Does `here` on this thread and `there` on one of its own; what each gave.
pub fn beside<A, B: Send>(here: impl FnOnce() -> A, there: impl FnOnce() -> B + Send) -> (A, B) {
    std::thread::scope(|scope| {
        let other = scope.spawn(there);
        let here = here();
        match other.join() {
            Ok(there) => (here, there),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}
