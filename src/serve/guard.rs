//! Who may ask: only somebody who addresses this server by a name of this machine, and no page of another site. A page anywhere on
//! the web can send requests to this port, and with a name of its own that leads here (DNS rebinding) even read the answers.

use std::net::{IpAddr, SocketAddr};

use super::http::Request;

/// The names under which the server may be addressed.
#[derive(Debug)]
pub(super) struct Guard {
    hosts: Vec<String>,
    /// The server listens on every address of the machine, so that any address may be the right one; a name still may not.
    any_address: bool,
    port: u16,
}

impl Guard {
    /// The guard of a server at `address`.
    pub(super) fn new(address: SocketAddr) -> Self {
        let port = address.port();
        let mut hosts =
            vec![format!("localhost:{port}"), format!("127.0.0.1:{port}"), format!("[::1]:{port}"), address.to_string()];
        if port == 80 {
            hosts.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
            hosts.push(match address.ip() {
                IpAddr::V4(ip) => ip.to_string(),
                IpAddr::V6(ip) => format!("[{ip}]"),
            });
        }
        Self { hosts, any_address: address.ip().is_unspecified(), port }
    }

    /// Whether `request` comes from this machine's user, not from another site.
    pub(super) fn admits(&self, request: &Request) -> bool {
        let host = request.header("host").is_some_and(|host| self.is_own(host));
        let origin = || request.header("origin").and_then(|origin| origin.strip_prefix("http://")).is_some_and(|o| self.is_own(o));
        host && (!request.has_header("origin") || origin()) && (!request.has_header("sec-fetch-site") || is_same_site(request))
    }

    fn is_own(&self, host: &str) -> bool {
        self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host))
            || (self.any_address && host.parse::<SocketAddr>().is_ok_and(|address| address.port() == self.port))
    }
}

/// Whether the browser says that a page of this server asks, or its user: by the address bar, or by a link anywhere that opens a page
/// of its own, from which the other site learns nothing.
fn is_same_site(request: &Request) -> bool {
    match request.header("sec-fetch-site") {
        Some("same-origin" | "none") => true,
        Some("same-site" | "cross-site") => {
            request.header("sec-fetch-mode") == Some("navigate")
                && request.header("sec-fetch-dest") == Some("document")
                && !request.path().starts_with(super::RESERVED)
        }
        _ => false,
    }
}
