//! Bytes of a connection → requests; answers → bytes. Reads no more than a preview needs: `GET` and `HEAD` without a body, within
//! limits of size and time. It knows nothing of the site.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Bytes that the head of a request may have.
const MAX_HEAD: usize = 16 * 1024;
/// Bytes that its target may have.
const MAX_TARGET: usize = 4 * 1024;
/// Lines that its head may have.
const MAX_LINES: usize = 100;
/// How long a connection may wait for its next request, and a request for the rest of its head.
const PATIENCE: Duration = Duration::from_secs(10);

/// One request.
#[derive(Debug)]
pub(super) struct Request {
    /// Only the head of the answer is wanted.
    pub is_head: bool,
    /// Path and query, beginning with `/`, as sent.
    pub target: String,
    /// Whether another request may follow on the connection.
    pub keep_alive: bool,
    headers: Vec<(String, String)>,
}

/// Why there is no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The other side has nothing more to say, or took too long to say it.
    Gone,
    /// What it said is answered with this status, and the connection closed.
    Refused(u16),
}

impl Request {
    /// The value of a header that may be there once, by its name in lower case; `None` where it is missing or repeated.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }

    /// Whether a header is there at all.
    pub(super) fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|(n, _)| n == name)
    }

    /// The target without its query.
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query, without the question mark.
    pub(super) fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }
}

/// Reads the next request; `rest` holds what was read of it before, and afterwards what was read beyond it.
pub(super) fn read(stream: &mut TcpStream, rest: &mut Vec<u8>) -> Result<Request, Trouble> {
    let deadline = Instant::now() + PATIENCE;
    let mut chunk = [0; 4096];
    let mut seen = 0;
    let end = loop {
        if let Some(end) = head_end(rest, seen) {
            break end;
        }
        if rest.len() > MAX_HEAD {
            return Err(Trouble::Refused(431));
        }
        seen = rest.len().saturating_sub(3);
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || stream.set_read_timeout(Some(left)).is_err() {
            return Err(Trouble::Gone);
        }
        match stream.read(&mut chunk) {
            Ok(0) => return Err(Trouble::Gone),
            Ok(read) => rest.extend_from_slice(&chunk[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return Err(Trouble::Gone),
        }
    };
    if end > MAX_HEAD {
        return Err(Trouble::Refused(431));
    }
    let request = parse(&rest[..end]).map_err(Trouble::Refused)?;
    rest.drain(..end);
    Ok(request)
}

/// Where the head ends, its empty line included; looks from `from` on.
fn head_end(bytes: &[u8], from: usize) -> Option<usize> {
    memchr::memmem::find(&bytes[from..], b"\r\n\r\n").map(|at| from + at + 4)
}

/// The request of a whole head, or the status that refuses it.
fn parse(head: &[u8]) -> Result<Request, u16> {
    let head = std::str::from_utf8(head).map_err(|_| 400u16)?;
    let head = head.strip_suffix("\r\n\r\n").ok_or(400u16)?;
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target), Some(version), None) = (words.next(), words.next(), words.next(), words.next()) else {
        return Err(400);
    };
    let is_newer = match version {
        "HTTP/1.1" => true,
        "HTTP/1.0" => false,
        _ if version.starts_with("HTTP/") => return Err(505),
        _ => return Err(400),
    };
    if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-') {
        return Err(400);
    }
    if target.len() > MAX_TARGET {
        return Err(414);
    }
    let mut headers = Vec::new();
    for line in lines {
        if headers.len() == MAX_LINES {
            return Err(431);
        }
        headers.push(header(line).ok_or(400u16)?);
    }
    if !matches!(method, "GET" | "HEAD") {
        return Err(405);
    }
    if !target.starts_with('/') || !target.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(400);
    }
    let mut request = Request { is_head: method == "HEAD", target: target.to_owned(), keep_alive: is_newer, headers };
    if request.has_header("transfer-encoding") || request.header("content-length").unwrap_or("0") != "0" {
        return Err(413);
    }
    if let Some(connection) = request.header("connection") {
        let asks = |word: &str| connection.split(',').any(|part| part.trim().eq_ignore_ascii_case(word));
        request.keep_alive = !asks("close") && (is_newer || asks("keep-alive"));
    }
    Ok(request)
}

/// A header's name in lower case, and its value.
fn header(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let is_fine = !name.is_empty() && name.bytes().all(is_name) && !value.bytes().any(|byte| byte < b' ' && byte != b'\t');
    is_fine.then(|| (name.to_ascii_lowercase(), value.trim_matches([' ', '\t']).to_owned()))
}

/// What is sent back.
#[derive(Debug)]
pub(super) struct Answer {
    /// The status, 200 to 599.
    pub status: u16,
    /// `Content-Type`.
    pub media_type: &'static str,
    /// Other headers.
    pub headers: Vec<(&'static str, String)>,
    /// The content.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer with this content.
    pub(super) fn new(status: u16, media_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, media_type, headers: Vec::new(), body: body.into() }
    }

    /// An answer that only says why there is no other.
    pub(super) fn refusal(status: u16) -> Self {
        let mut answer = Self::new(status, "text/plain; charset=utf-8", format!("{status} {}\n", reason(status)));
        if status == 405 {
            answer.headers.push(("Allow", "GET, HEAD".to_owned()));
        }
        answer
    }

    /// Sends it; `None` for the content's length means that content follows until the connection ends.
    ///
    /// # Errors
    /// Where the other side has gone, or does not take it in time.
    pub(super) fn send(&self, stream: &mut TcpStream, request: Option<&Request>) -> std::io::Result<()> {
        let is_head = request.is_some_and(|request| request.is_head);
        let keep_alive = request.is_some_and(|request| request.keep_alive);
        let mut bytes = self.head(Some(self.body.len()), keep_alive).into_bytes();
        if !is_head {
            bytes.extend_from_slice(&self.body);
        }
        send(stream, &bytes)
    }

    /// The head of the answer; without a length, the content goes on until the connection ends.
    pub(super) fn head(&self, length: Option<usize>, keep_alive: bool) -> String {
        let mut head = format!("HTTP/1.1 {} {}\r\nContent-Type: {}\r\n", self.status, reason(self.status), self.media_type);
        if let Some(length) = length {
            head.push_str(&format!("Content-Length: {length}\r\n"));
        }
        for (name, value) in
            ALWAYS.iter().map(|(name, value)| (*name, *value)).chain(self.headers.iter().map(|(n, v)| (*n, v.as_str())))
        {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(if keep_alive { "Connection: keep-alive\r\n\r\n" } else { "Connection: close\r\n\r\n" });
        head
    }
}

/// Sends bytes to somebody who must take them in time.
///
/// # Errors
/// Where the other side has gone, or does not take them.
pub(super) fn send(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(bytes)?;
    stream.flush()
}

/// Headers of every answer: nothing is cached, nothing foreign is loaded or run, nobody else may look in.
const ALWAYS: [(&str, &str); 6] = [
    ("Cache-Control", "no-store"),
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    ),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
];

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Internal Server Error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(head: &str) -> u16 {
        parse(head.as_bytes()).expect_err(head)
    }

    #[test]
    fn a_request_is_read_whatever_the_case_of_its_headers() {
        let request =
            parse(b"GET /a%20b/?q=1 HTTP/1.1\r\nHOST: localhost:1111\r\nAccept:\t*/*  \r\n\r\n").expect("it is well-formed");
        assert_eq!((request.path(), request.query()), ("/a%20b/", Some("q=1")));
        assert_eq!((request.header("host"), request.header("accept")), (Some("localhost:1111"), Some("*/*")));
        assert!(request.keep_alive && !request.is_head);
        assert!(!parse(b"HEAD / HTTP/1.0\r\n\r\n").expect("it is well-formed").keep_alive);
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for head in [
            "\r\n\r\n",
            "GET\r\n\r\n",
            "GET / HTTP/1.1 x\r\n\r\n",
            "GET  / HTTP/1.1\r\n\r\n",
            "GET / FTP/1\r\n\r\n",
            "GET x HTTP/1.1\r\n\r\n",
            "GET http://localhost/ HTTP/1.1\r\n\r\n",
            "GET /\u{7f} HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost\r\n\r\n",
            "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
            "GET / HTTP/1.1\r\n folded: x\r\n\r\n",
            "GET / HTTP/1.1\r\nA: x\ny\r\n\r\n",
            "G@T / HTTP/1.1\r\n\r\n",
        ] {
            assert_eq!(refused(head), 400, "{head:?}");
        }
        assert_eq!(refused("POST / HTTP/1.1\r\n\r\n"), 405);
        assert_eq!(refused("GET / HTTP/2.0\r\n\r\n"), 505);
        assert_eq!(refused("GET / HTTP/1.1\r\nContent-Length: 3\r\n\r\n"), 413);
        assert_eq!(refused("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"), 413);
        assert_eq!(refused(&format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(MAX_TARGET))), 414);
        assert_eq!(refused(&format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(MAX_LINES + 1))), 431);
    }

    #[test]
    fn a_repeated_header_has_no_value() {
        let request = parse(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").expect("it is well-formed");
        assert!(request.header("host").is_none() && request.has_header("host"));
    }
}
