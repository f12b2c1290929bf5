//! One URL → what its host says of it. HEAD first, GET where a host does not understand HEAD; redirects are followed one by one, so that each
//! step is checked as the first was.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use ureq::http::{StatusCode, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

use super::Found;
use crate::config::External;

/// Redirects that are followed.
const MAX_REDIRECTS: usize = 8;
/// The longest that a busy host is waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// Statuses by which hosts turn programs away, not readers.
const FOR_PROGRAMS: [u16; 5] = [401, 403, 407, 429, 999];

/// What the error of a private address says; it comes back through the client.
const PRIVATE: &str = "kbpress: an address of a local network";

/// A client for all requests of a check.
pub(super) fn agent(settings: &External) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(Duration::from_secs(settings.timeout as u64)))
        .user_agent(concat!("kbpress/", env!("CARGO_PKG_VERSION"), " (link check)"))
        .build();
    Agent::with_parts(
        config,
        DefaultConnector::default(),
        PublicOnly { private: settings.private, inner: DefaultResolver::default() },
    )
}

/// The host and the port of a URL in lower case, as far as they matter for being polite.
pub(super) fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or_default().to_ascii_lowercase()
}

/// What became of `url`.
pub(super) fn ask(agent: &Agent, settings: &External, url: &str) -> Found {
    let mut at = url.to_owned();
    let mut is_permanent = true;
    for _ in 0..=MAX_REDIRECTS {
        let answer = match request(agent, settings, &at) {
            Ok(answer) => answer,
            Err(found) => return found,
        };
        let status = answer.status.as_u16();
        if let (300..=399, Some(target)) = (status, answer.location) {
            let Some(next) = resolve(&at, &target) else { return Found::Refused(status) };
            is_permanent &= matches!(answer.status, StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT);
            at = next;
            continue;
        }
        return match status {
            400.. if FOR_PROGRAMS.contains(&status) || settings.accept.contains(&status) => Found::Fine,
            400.. => Found::Refused(status),
            _ if at != url && is_permanent => Found::Moved(at),
            _ => Found::Fine,
        };
    }
    Found::Unreachable("it redirects too often".to_owned())
}

struct Answer {
    status: StatusCode,
    location: Option<String>,
}

fn request(agent: &Agent, settings: &External, url: &str) -> Result<Answer, Found> {
    if !settings.private && is_private_name(&host(url)) {
        return Err(Found::Private);
    }
    let mut answer = once(agent.head(url).call());
    // Hosts answer HEAD with anything but what they would answer to GET.
    if answer.as_ref().is_ok_and(|(answer, _)| answer.status.as_u16() >= 400 && answer.status.as_u16() != 429) {
        answer = once(agent.get(url).call());
    }
    if let Ok((busy, Some(wait))) = &answer
        && matches!(busy.status.as_u16(), 429 | 503)
        && *wait <= LONGEST_WAIT
    {
        std::thread::sleep(*wait);
        answer = once(agent.get(url).call());
    }
    answer.map(|(answer, _)| answer)
}

fn once(result: Result<ureq::http::Response<ureq::Body>, Error>) -> Result<(Answer, Option<Duration>), Found> {
    let response = match result {
        Ok(response) => response,
        Err(Error::Io(error)) if error.to_string() == PRIVATE => return Err(Found::Private),
        Err(error) => return Err(Found::Unreachable(error.to_string())),
    };
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    let wait = header("retry-after").and_then(|wait| retry_after(wait, Timestamp::now()));
    Ok((Answer { status: response.status(), location: header("location").map(str::to_owned) }, wait))
}

/// How long a busy host wants to be left alone: it says a number of seconds, or a date.
fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = rfc2822::DateTimeParser::new().parse_timestamp(value.trim()).ok()?;
    // A date that has passed asks for nothing.
    Some(then.duration_since(now).try_into().unwrap_or_default())
}

/// The absolute form of a redirect's target, if it is one that can be asked for.
fn resolve(from: &str, target: &str) -> Option<String> {
    if target.starts_with("http://") || target.starts_with("https://") {
        return Some(target.to_owned());
    }
    let uri: Uri = from.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    match target {
        _ if target.starts_with("//") => Some(format!("{scheme}:{target}")),
        _ if target.starts_with('/') => Some(format!("{scheme}://{authority}{target}")),
        _ if target.contains("://") => None,
        _ => {
            let folder = uri.path().rsplit_once('/').map_or("", |(folder, _)| folder);
            Some(format!("{scheme}://{authority}{folder}/{target}"))
        }
    }
}

/// Looks names up and hands out public addresses only, so that a name that leads into the local network is of no use to anybody.
#[derive(Debug)]
struct PublicOnly {
    private: bool,
    inner: DefaultResolver,
}

impl Resolver for PublicOnly {
    fn resolve(&self, uri: &Uri, config: &ureq::config::Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        if !self.private && found.iter().any(|address| is_private(address.ip())) {
            return Err(Error::Io(std::io::Error::other(PRIVATE)));
        }
        Ok(found)
    }
}

/// Whether a host with its port is one of the local machine or network by its name.
fn is_private_name(host: &str) -> bool {
    let name = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let name = match name.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => name.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.ends_with(".localhost") || name.parse().is_ok_and(is_private)
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_private_v4(v4),
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| is_private_v6(v6), is_private_v4),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_reserved = a == 0 || a >= 240 || (a == 198 && (18..20).contains(&b));
    is_shared
        || is_reserved
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let is_documentation = first == 0x2001 && second == 0x0DB8;
    // 64:ff9b::/96 and 2002::/16 hold addresses of the older kind.
    let is_translated = (first == 0x64 && second == 0xFF9B) || first == 0x2002;
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || is_documentation
        || is_translated
}

#[cfg(test)]
mod tests {
    use super::{Duration, Timestamp, host, is_private_name, resolve, retry_after};

    #[test]
    fn a_busy_host_says_when_to_come_back_in_either_form() {
        let now: Timestamp = "2026-01-31T10:00:00Z".parse().unwrap();
        let seconds = |value: &str| retry_after(value, now).map(|wait| wait.as_secs());
        assert_eq!((seconds("7"), seconds(" 120 ")), (Some(7), Some(120)));
        assert_eq!(seconds("Sat, 31 Jan 2026 10:00:20 GMT"), Some(20));
        assert_eq!(seconds("Sat, 31 Jan 2026 09:00:00 GMT"), Some(0));
        assert_eq!((seconds("soon"), seconds("-1")), (None, None));
        assert_eq!(retry_after("0", now), Some(Duration::ZERO));
    }

    #[test]
    fn local_names_and_addresses_are_private() {
        for local in [
            "localhost",
            "localhost:80",
            "127.0.0.1:8080",
            "10.1.2.3",
            "192.168.0.1",
            "[::1]:80",
            "[fe80::1]",
            "169.254.169.254",
            "[::ffff:10.0.0.1]",
            "u@127.0.0.1",
            "0.0.0.0",
            "[fd00::1]",
        ] {
            assert!(is_private_name(local), "{local}");
        }
        for public in ["example.org", "8.8.8.8:443", "[2606:4700::1111]", "localhost.example.org"] {
            assert!(!is_private_name(public), "{public}");
        }
    }

    #[test]
    fn redirects_are_resolved_and_stay_on_the_web() {
        assert_eq!(resolve("https://a.org/x/y?z", "../w").as_deref(), Some("https://a.org/x/../w"));
        assert_eq!(resolve("https://a.org/x", "/y").as_deref(), Some("https://a.org/y"));
        assert_eq!(resolve("https://a.org/x", "//b.org/y").as_deref(), Some("https://b.org/y"));
        assert_eq!(resolve("https://a.org/x", "file:///etc/passwd"), None);
        assert_eq!(host("https://A.org:81/x"), "a.org:81");
    }
}
