//! Dates as pages show them. Tens of thousands of articles share some thousand of them, so each is put into words once.

use std::borrow::Cow;

use ahash::HashMap;
use jiff::civil::Date;
use tera::Value;

use super::Renderer;
use crate::config::Config;
use crate::labels;
use crate::site::Site;
use crate::view;

/// A date in words.
#[derive(Debug, Clone)]
pub(super) struct Day {
    /// `2001-08-08`.
    pub(super) iso: String,
    /// `8 August 2001`, as the site writes dates.
    pub(super) text: String,
    /// A [`view::Day`].
    pub(super) value: Value,
}

impl Day {
    pub(super) fn new(config: &Config, date: Date) -> Self {
        let month = usize::from(date.month().unsigned_abs()) - 1;
        let month = config.label("months").split_whitespace().nth(month).unwrap_or_default();
        let (day, year) = (date.day().to_string(), date.year().to_string());
        let text = labels::fill(config.label("date"), &[("day", &day), ("month", month), ("year", &year)]);
        let iso = date.to_string();
        let value = Value::from_serializable(&view::Day { iso: &iso, text: &text });
        Self { iso, text, value }
    }
}

/// The days on which articles of `site` were changed.
pub(super) fn days(site: &Site) -> HashMap<Date, Day> {
    let mut days = HashMap::default();
    for date in site.page_ids().filter_map(|page| site.article(page).fields.updated) {
        days.entry(date).or_insert_with(|| Day::new(&site.config, date));
    }
    days
}

impl Renderer<'_> {
    /// `date` in words.
    pub(super) fn day(&self, date: Date) -> Cow<'_, Day> {
        // A preview may have an article with a date that is new.
        self.index.days.get(&date).map_or_else(|| Cow::Owned(Day::new(&self.site.config, date)), Cow::Borrowed)
    }
}
