//! The address of the published site: text → [`BaseUrl`].

/// Where the site will be: `https://host[:port]` and a path that begins and ends in `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    origin: String,
    path: String,
}

impl BaseUrl {
    /// Reads `http://host/any/path` or `https://…`; a missing last `/` is added.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let Some((scheme, rest)) = text.split_once("://") else { return Err("has no `https://`") };
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "http" && scheme != "https" {
            return Err("is neither `http://` nor `https://`");
        }
        if rest.contains(['?', '#']) {
            return Err("has a query or a fragment");
        }
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        if host.contains('@') {
            return Err("has a user name");
        }
        if !is_host(host) {
            return Err("has no valid host name");
        }
        let path = path.trim_end_matches('/');
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"/-._~%+@:!$,;=".contains(&b);
        if !path.bytes().all(allowed)
            || path.split('/').any(|part| part == "." || part == "..")
            || path.starts_with('/')
            || path.contains("//")
        {
            return Err("has a path with characters that must be percent-encoded, or with empty, `.` or `..` parts");
        }
        let path = if path.is_empty() { "/".to_owned() } else { format!("/{path}/") };
        Ok(Self { origin: format!("{scheme}://{}", host.to_ascii_lowercase()), path })
    }

    /// Scheme, host and port, without a `/` at the end: `https://example.org`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Host and port: `example.org`.
    pub fn host(&self) -> &str {
        self.origin.split_once("://").map_or(self.origin.as_str(), |(_, host)| host)
    }

    /// The path under which all pages are: `/` or `/sub/path/`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The absolute address of a path of the site, given without its leading `/`.
    pub fn join(&self, path: &str) -> String {
        [&self.origin, &self.path, path].concat()
    }
}

/// A name, an IPv4 address or an IPv6 address in brackets, and perhaps a port.
fn is_host(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, "")) => return address.parse::<std::net::Ipv6Addr>().is_ok(),
        Some((address, port)) => {
            return address.parse::<std::net::Ipv6Addr>().is_ok() && port.strip_prefix(':').is_some_and(is_port);
        }
        None => host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port))),
    };
    let label = |l: &str| !l.is_empty() && l.len() <= 63 && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    name.len() <= 253 && name.strip_suffix('.').unwrap_or(name).split('.').all(label) && port.is_none_or(is_port)
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use super::BaseUrl;

    #[test]
    fn any_sub_path_and_port_are_kept_and_end_in_a_slash() {
        for (text, origin, path) in [
            ("https://example.org", "https://example.org", "/"),
            ("https://example.org/", "https://example.org", "/"),
            ("HTTP://Example.ORG:8080/a/B", "http://example.org:8080", "/a/B/"),
            ("http://[::1]:1111/x//", "http://[::1]:1111", "/x/"),
            ("http://localhost", "http://localhost", "/"),
        ] {
            let url = BaseUrl::parse(text).expect(text);
            assert_eq!((url.origin(), url.path()), (origin, path));
        }
        assert_eq!(BaseUrl::parse("https://h/s").unwrap().join("kb/1/"), "https://h/s/kb/1/");
    }

    #[test]
    fn what_cannot_be_a_site_is_refused() {
        for text in [
            "",
            "/",
            "example.org",
            "//example.org",
            "ftp://example.org",
            "https://",
            "https:///kb",
            "https://a b/",
            "https://h/a b/",
            "https://u@h/",
            "https://h/?q",
            "https://h/#x",
            "https://h/a/../b",
            "https://h/a//b",
            "https://h:0/",
            "https://h:99999/",
            "https://h/\"><script>",
            "https://[x]/",
            "https://a..b/",
            "https://h//kb",
        ] {
            assert!(BaseUrl::parse(text).is_err(), "{text}");
        }
    }
}
