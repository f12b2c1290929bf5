//! What the host of a site wants besides the pages: files that lead from old URLs to new ones, send headers and name the domain. They are
//! routes like all others; which ones there are follows from `[publish]`.

use crate::config::{Config, Host, Redirects};
use crate::load::Sources;
use crate::site::Site;
use crate::theme::Theme;

mod files;
mod headers;
mod limits;
mod redirects;

pub use headers::{CONTENT_SECURITY_POLICY, IMMUTABLE, is_hashed};
pub use limits::{files_fit, limits_files, paths_fit};
pub use redirects::{Destination, Rule, loops, rules};

/// Headers of every page besides the policy.
const SECURITY: [(&str, &str); 3] = [
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("X-Content-Type-Options", "nosniff"),
];

/// A file that a host reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// GitHub Pages is not to run Jekyll over the site.
    NoJekyll,
    /// The domain, for GitHub Pages.
    Cname,
    /// Redirects of Cloudflare Pages and Netlify.
    Redirects,
    /// Headers of Cloudflare Pages and Netlify.
    Headers,
    /// Everything for Apache.
    Htaccess,
    /// nginx: what belongs into `http`.
    NginxMaps,
    /// nginx: what belongs into `server`.
    NginxServer,
    /// A snippet for a Caddyfile.
    Caddy,
    /// The website configuration of a bucket.
    S3Website,
    /// A response headers policy of CloudFront, which stands before a bucket.
    S3Headers,
}

impl File {
    /// Where the file stands in the output.
    pub fn path(self) -> &'static str {
        match self {
            Self::NoJekyll => ".nojekyll",
            Self::Cname => "CNAME",
            Self::Redirects => "_redirects",
            Self::Headers => "_headers",
            Self::Htaccess => ".htaccess",
            Self::NginxMaps => "_host/nginx-http.conf",
            Self::NginxServer => "_host/nginx-server.conf",
            Self::Caddy => "_host/Caddyfile",
            Self::S3Website => "_host/s3-website.json",
            Self::S3Headers => "_host/cloudfront-headers.json",
        }
    }
}

/// The files for the host of a site. One that the site has in its static directory is the owner's business.
pub fn files(config: &Config, sources: &Sources) -> Vec<File> {
    let leads = config.publish.redirects == Redirects::Host;
    let mut files = match config.publish.host {
        None => Vec::new(),
        Some(Host::GithubPages) => vec![File::NoJekyll, File::Cname],
        Some(Host::CloudflarePages | Host::Netlify) => vec![File::Redirects, File::Headers],
        Some(Host::S3) => vec![File::S3Website, File::S3Headers],
        Some(Host::Nginx) => vec![File::NginxMaps, File::NginxServer],
        Some(Host::Apache) => vec![File::Htaccess],
        Some(Host::Caddy) => vec![File::Caddy],
    };
    let is_own_domain = !config.base_url.host().ends_with(".github.io");
    files.retain(|file| match file {
        File::Cname => is_own_domain,
        File::Redirects => leads,
        _ => true,
    });
    files.retain(|file| !sources.statics.iter().any(|own| own.relative == file.path()));
    files
}

/// The text of a file for the host.
pub fn text(site: &Site, theme: &Theme, file: File) -> String {
    let rules = || if site.config.publish.redirects == Redirects::Host { rules(site) } else { Vec::new() };
    match file {
        File::NoJekyll => String::new(),
        File::Cname => format!("{}\n", site.config.base_url.host()),
        File::Redirects => files::redirects(site, &rules()),
        File::Headers => headers::text(site, theme),
        File::Htaccess => files::htaccess(site, theme, &rules()),
        File::NginxMaps => files::nginx_maps(site, theme, &rules()),
        File::NginxServer => files::nginx_server(site),
        File::Caddy => files::caddy(site, theme, &rules()),
        File::S3Website => files::s3_website(site, &rules()),
        File::S3Headers => files::cloudfront_headers(),
    }
}
