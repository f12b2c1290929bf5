//! `kbpress serve`: a preview that follows its writer. A request is answered by rendering the one page that it names, with the very
//! function that `build` uses, from an immutable snapshot of the site; nothing rendered is kept and nothing is written to disk.
//!
//! ```text
//!  files ── watch ──▶ follow ── reload, parse what changed ──▶ patch ──▶ snapshot ─┐ one `Arc`, replaced as a whole
//!                        └── where pages may move: place the site anew ──▶ snapshot ─┤
//!  browser ── connections ── http ── guard ── answer ◀──────────────── shared ◀──────┘
//!     └── client/reload.js: one tab listens for news, each asks what has become of its page
//! ```
#![expect(clippy::disallowed_methods, reason = "a preview listens on a socket and may open a browser")]

#[cfg(feature = "publish")]
pub(crate) use answer::media_type;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use anyhow::{Context as _, Result};

use crate::build::{self, Outcome, Request};
use crate::report::Style;

mod answer;
mod connections;
mod follow;
mod guard;
mod http;
mod page;
mod patch;
mod problems;
mod search;
mod shared;
mod snapshot;
mod watch;

pub use watch::Method;

/// Paths that begin like this are the preview's own, not the site's.
const RESERVED: &str = "/__kbpress/";
/// Where a preview listens unless asked otherwise.
const PORT: u16 = 1111;
/// How many ports after that one are tried where it is taken.
const MORE_PORTS: u16 = 100;

/// Whether open pages follow the changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reload {
    /// A script in each page sees to it.
    On,
    /// Pages are as `build` makes them.
    Off,
}

/// What a user asks of a preview, besides what `build` is asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address to listen on.
    pub interface: IpAddr,
    /// The port, 0 for any free one; where there is none, 1111 or the next free one.
    pub port: Option<u16>,
    /// Open the site in the user's browser.
    pub open: bool,
    /// Whether open pages follow the changes.
    pub reload: Reload,
    /// How changes are noticed.
    pub method: Method,
    /// The URL that opens a file in the user's editor, with `{path}`, `{line}` and `{column}` in it.
    pub editor: Option<String>,
    /// Say what happens.
    pub verbose: bool,
    /// How problems are printed.
    pub style: Style,
}

/// Serves the site until the process is ended; comes back only where the configuration cannot be used, with what is wrong.
///
/// # Errors
/// Where the port is taken, or the content cannot be read at the start.
pub fn serve(mut request: Request, options: &Options) -> Result<Outcome> {
    let listener = bind(options)?;
    let address = listener.local_addr().context("cannot tell the address of the server")?;
    let mut outcome = Outcome::default();
    let Some(config) = build::configure(&request, &mut outcome)? else { return Ok(outcome) };
    request.root = std::path::absolute(&request.root)
        .and_then(|root| root.canonicalize())
        .with_context(|| format!("cannot find `{}`", request.root.display()))?;
    let shared = Arc::new(shared::Shared::new());
    let background = Arc::new(pool("background")?);
    let answering = Arc::new(answer::Answering {
        shared: Arc::clone(&shared),
        guard: guard::Guard::new(address),
        reload: options.reload,
        editor: editor(options, &request),
        listeners: AtomicUsize::new(0),
        searching: Arc::new(search::Searching::new(Arc::clone(&background))),
        pool: pool("render")?,
    });
    let url = format!("http://{}{}", shown(address), config.base_url.path());
    eprintln!("serving {url} (stop with Ctrl-C)");
    std::thread::spawn(move || connections::accept(&listener, Arc::new(move |request, stream| answering.answer(request, stream))));
    if options.open {
        open(&url);
    }
    follow::follow(follow::Follower::new(request, options, shared, background), config, outcome)
}

/// As many threads as there are processors, for as long as the process lives.
fn pool(name: &'static str) -> Result<rayon::ThreadPool> {
    let threads = rayon::ThreadPoolBuilder::new().thread_name(move |i| format!("{name} {i}"));
    threads.build().context("cannot start the threads")
}

/// The first free port is taken at once, so that the browser can be opened while the content is still being read.
fn bind(options: &Options) -> Result<TcpListener> {
    let ip = options.interface;
    let listen = |port| TcpListener::bind(SocketAddr::new(ip, port));
    let Some(port) = options.port else {
        let free = (PORT..=PORT + MORE_PORTS).find_map(|port| match listen(port) {
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => None,
            result => Some(result),
        });
        return free
            .with_context(|| format!("the ports {PORT} to {} are all taken; name a free one with `--port`", PORT + MORE_PORTS))?
            .with_context(|| format!("cannot listen on {ip}"));
    };
    listen(port).with_context(|| format!("cannot listen on {}", SocketAddr::new(ip, port)))
}

/// The address that a browser on this machine can open.
fn shown(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() { SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port()) } else { address }
}

fn editor(options: &Options, request: &Request) -> Option<problems::Editor> {
    let url = options.editor.clone()?;
    let scheme = url.split(':').next().unwrap_or_default().to_ascii_lowercase();
    if scheme.len() == url.len() || matches!(scheme.as_str(), "javascript" | "data" | "vbscript") {
        eprintln!("warning: `{url}` is no URL of an editor, such as `vscode://file{{path}}:{{line}}:{{column}}`");
        return None;
    }
    Some(problems::Editor { url, root: PathBuf::clone(&request.root) })
}

/// Opens `url` in the user's browser; where there is none, the address has been printed.
fn open(url: &str) {
    let (program, arguments): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("explorer", &[])
    } else {
        ("xdg-open", &[])
    };
    let mut command = std::process::Command::new(program);
    command.args(arguments).arg(url).stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null());
    match command.stderr(std::process::Stdio::null()).spawn() {
        Ok(mut child) => drop(std::thread::spawn(move || child.wait())),
        Err(error) => eprintln!("warning: cannot start `{program}`: {error}"),
    }
}
