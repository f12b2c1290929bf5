//! `kbpress serve`: flags → a preview.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::Result;
use clap::Args;

use super::{Exit, Global, Visibility, print_problems, request, use_color};
use crate::report::{self, Style};
use crate::serve;

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The port [default: 1111, or the next free one]
    #[arg(short, long, value_name = "PORT")]
    port: Option<u16>,
    /// The address to listen on; others than your own machine's let the network in
    #[arg(short, long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = interface)]
    interface: IpAddr,
    /// Open the site in your browser
    #[arg(short = 'O', long)]
    open: bool,
    /// Leave the pages as `build` makes them: they do not follow changes
    #[arg(long)]
    no_reload: bool,
    /// Look for changes again and again, for file systems that do not tell
    #[arg(long)]
    poll: bool,
    /// URL that opens a file in your editor, as `vscode://file{path}:{line}:{column}`
    #[arg(long, value_name = "URL", env = "KBPRESS_EDITOR_URL")]
    editor_url: Option<String>,
    /// Include articles that have expired; drafts and future ones are always shown
    #[arg(long)]
    expired: bool,
}

pub(super) fn run(global: &Global, args: &ServeArgs) -> Result<Exit> {
    let request = request(global, &Visibility { drafts: true, future: true, expired: args.expired })?;
    let options = serve::Options {
        interface: args.interface,
        port: args.port,
        open: args.open,
        reload: if args.no_reload { serve::Reload::Off } else { serve::Reload::On },
        method: if args.poll { serve::Method::Poll } else { serve::Method::Events },
        editor: args.editor_url.clone(),
        verbose: !global.quiet,
        style: Style { format: report::Format::Human, color: use_color(global) },
    };
    let outcome = serve::serve(request, &options)?;
    print_problems(&outcome, global, report::Format::Human)?;
    Ok(Exit::Usage)
}

/// An address, or the name of this machine's own.
fn interface(text: &str) -> Result<IpAddr, std::net::AddrParseError> {
    if text == "localhost" { Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)) } else { text.trim_matches(['[', ']']).parse() }
}
