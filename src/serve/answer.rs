//! Request → answer: a file of the site, rendered now by the function that `build` uses and forgotten; or one of the preview's own
//! few files.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rayon::ThreadPool;
use serde::Serialize;

use super::guard::Guard;
use super::http::{self, Answer, Request};
use super::page;
use super::problems::{self, Editor, Problem};
use super::search::Searching;
use super::shared::Shared;
use super::snapshot::{Found, Snapshot};
use super::{RESERVED, Reload};
use crate::diagnostic::{Diagnostic, code};
use crate::explain;
use crate::permalink::decode;
use crate::routes::Route;

const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const SCRIPT: &str = include_str!("client/reload.js");
const STYLE: &str = include_str!("client/preview.css");

/// Most connections over which browsers wait for news; one serves all tabs of a browser.
const MAX_LISTENERS: usize = 64;
/// How often a listener is told that there is no news, so that a dead one is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What answering takes.
#[derive(Debug)]
pub(super) struct Answering {
    pub shared: Arc<Shared>,
    pub guard: Guard,
    pub reload: Reload,
    pub editor: Option<Editor>,
    pub listeners: AtomicUsize,
    pub searching: Arc<Searching>,
    /// Renders. A connection's thread comes and goes, and with each the allocator would keep a heap as large as the largest page.
    pub pool: ThreadPool,
}

/// What the script asks for: whether its page has changed, and what is wrong.
#[derive(Serialize)]
struct State {
    version: String,
    /// Hash of the page as it would be served now; empty where it cannot be rendered.
    page: String,
    styles: Vec<(String, String)>,
    problems: Vec<Problem>,
    more: usize,
}

impl Answering {
    /// Answers `request`; whether the connection can be used again.
    pub(super) fn answer(&self, request: &Request, stream: &mut TcpStream) -> bool {
        if !self.guard.admits(request) {
            return Answer::refusal(403).send(stream, Some(request)).is_ok();
        }
        let answer = match request.path().strip_prefix(RESERVED) {
            Some("events") if !request.is_head => return self.listen(stream),
            Some(own) => self.own(own, request),
            None => self.page(request),
        };
        answer.send(stream, Some(request)).is_ok()
    }

    /// The preview's own files.
    fn own(&self, name: &str, request: &Request) -> Answer {
        match name {
            "reload.js" => Answer::new(200, "text/javascript; charset=utf-8", SCRIPT),
            "preview.css" => Answer::new(200, "text/css; charset=utf-8", STYLE),
            "state" => self.state(request.query().and_then(|query| query.strip_prefix("path=")).unwrap_or("/")),
            _ => match name.strip_prefix("explain/").map(|code| explain::explain(Some(code))) {
                Some(Ok(text)) => Answer::new(200, TEXT, text),
                _ => Answer::refusal(404),
            },
        }
    }

    /// What has become of the page at `path`, percent-encoded.
    fn state(&self, path: &str) -> Answer {
        let moment = self.shared.now();
        let mut state = State {
            version: self.shared.name(&moment),
            page: WAITING.to_owned(),
            styles: Vec::new(),
            problems: moment.problems.clone(),
            more: moment.more,
        };
        if let Some(snapshot) = &moment.snapshot {
            match self.pool.install(|| html(snapshot, &decode(path)).map(|html| page::version(snapshot, &html))) {
                Ok(version) => (state.page, state.styles) = (version.page, version.styles),
                Err(problem) => {
                    state.page.clear();
                    let (problems, more) =
                        problems::problems(std::slice::from_ref(&*problem), &|path| snapshot.text(path), self.editor.as_ref());
                    state.problems.splice(0..0, problems);
                    state.more += more;
                }
            }
        }
        let json = serde_json::to_vec(&state).expect("strings and numbers are always JSON");
        Answer::new(200, "application/json", json)
    }

    /// A file of the site.
    fn page(&self, request: &Request) -> Answer {
        let moment = self.shared.now();
        let Some(snapshot) = &moment.snapshot else {
            let mut answer =
                Answer::new(503, HTML, page::own("Reading the site…", "This page shows it as soon as it is read.\n", WAITING));
            answer.headers.extend([("Retry-After", "1".to_owned()), ("Refresh", "1".to_owned())]);
            return answer;
        };
        let found = snapshot.find(request.path());
        if let Found::Nothing = found
            && let Some(name) = request.path().strip_prefix(snapshot.base())
            && let Some(bytes) = self.searching.file(snapshot, name)
        {
            return Answer::new(200, media_type(name), bytes);
        }
        self.pool.install(|| self.render(snapshot, found, request))
    }

    /// The answer for what was found, which is no file of the search.
    fn render(&self, snapshot: &Snapshot, found: Found, request: &Request) -> Answer {
        let (status, rendered, route, media_type) = match found {
            Found::Redirect(mut to) => {
                if let Some(query) = request.query() {
                    to.push('?');
                    to.push_str(query);
                }
                let mut answer = Answer::new(302, TEXT, format!("{to}\n"));
                answer.headers.push(("Location", to));
                return answer;
            }
            Found::File(out, route) => (200, snapshot.render(&out, route), route, media_type(out.as_str())),
            Found::Nothing => (404, snapshot.not_found(), Route::NotFound, HTML),
        };
        match flatten(rendered) {
            Ok(bytes) if media_type == HTML && self.reload == Reload::On => {
                let version = page::version(snapshot, &bytes);
                Answer::new(status, HTML, page::with_script(bytes, &version, &page::note(snapshot, route)))
            }
            Ok(bytes) => Answer::new(status, media_type, bytes),
            Err(problem) => {
                let style = crate::report::Style::default();
                let text = crate::report::render(std::slice::from_ref(&*problem), &|path| snapshot.text(path), style);
                Answer::new(500, HTML, page::own("This page cannot be shown", &text, ""))
            }
        }
    }

    /// Tells a browser of every change, until it goes away.
    fn listen(&self, stream: &mut TcpStream) -> bool {
        if self.reload == Reload::Off {
            let _ = Answer::refusal(404).send(stream, None);
            return false;
        }
        if self.listeners.fetch_add(1, Ordering::Relaxed) >= MAX_LISTENERS {
            let _ = Answer::refusal(503).send(stream, None);
        } else {
            let _ = self.tell(stream);
        }
        self.listeners.fetch_sub(1, Ordering::Relaxed);
        false
    }

    fn tell(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        let head = Answer::new(200, "text/event-stream", "").head(None, false);
        http::send(stream, format!("{head}retry: 500\n\n").as_bytes())?;
        let mut told: Option<u64> = None;
        loop {
            let moment = match told {
                None => self.shared.now(),
                Some(number) => self.shared.after(number, HEARTBEAT),
            };
            if told.replace(moment.number) == Some(moment.number) {
                http::send(stream, b":\n\n")?;
            } else {
                http::send(stream, format!("data: {}\n\n", self.shared.name(&moment)).as_bytes())?;
            }
        }
    }
}

/// What the script takes for the hash of the waiting page.
const WAITING: &str = "waiting";

/// The HTML at `path`; that of the page for what is not there, where there is none.
fn html(snapshot: &Snapshot, path: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
    flatten(match snapshot.find(path) {
        Found::File(out, route) => snapshot.render(&out, route),
        _ => snapshot.not_found(),
    })
}

/// A file that cannot be read any more is a problem like any other here.
fn flatten<T>(rendered: anyhow::Result<Result<T, Box<Diagnostic>>>) -> Result<T, Box<Diagnostic>> {
    rendered.unwrap_or_else(|error| Err(Box::new(Diagnostic::error(code::UNREADABLE, format!("{error:#}")))))
}

/// The content type that hosts give to a file of this name.
pub(crate) fn media_type(path: &str) -> &'static str {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    match extension.as_str() {
        "html" | "htm" => HTML,
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "xml" => "application/xml",
        "txt" | "md" => TEXT,
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "bmp" => "image/bmp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "pdf" => "application/pdf",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "mp3" => "audio/mpeg",
        "wasm" => "application/wasm",
        "zip" => "application/zip",
        "gz" => "application/gzip",
        _ => "application/octet-stream",
    }
}
