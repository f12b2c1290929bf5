//! Dates as people and other generators write them.

use jiff::civil::Date;

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// Reads `2024-01-31`, the same with a time and an offset (the day is the one written, whatever the offset), or `19-DEC-1999` as the
/// old articles have it; `None` for anything else.
pub fn parse_date(text: &str) -> Option<Date> {
    let text = text.trim();
    let bytes = text.as_bytes();
    if bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-' {
        let (date, time) = text.split_at_checked(10)?;
        let date = Date::new(number(&date[..4])?, number(&date[5..7])?, number(&date[8..])?).ok()?;
        return (time.is_empty() || is_time(time)).then_some(date);
    }
    let mut parts = text.split('-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || !(1..=2).contains(&day.len()) || year.len() != 4 {
        return None;
    }
    let month = MONTHS.iter().position(|m| m.eq_ignore_ascii_case(month))?;
    Date::new(number(year)?, month as i8 + 1, number(day)?).ok()
}

/// `T10:00:00.5Z`, ` 10:00`, ` 10:00:00 +0100`.
fn is_time(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['T', 't', ' ']) else { return false };
    let zone = rest.find(['Z', 'z', '+', '-', ' ']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(zone);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let parts: Vec<Option<u8>> = clock.split(':').map(|part| if part.len() == 2 { number(part) } else { None }).collect();
    let in_range = match parts[..] {
        [Some(hour), Some(minute)] => hour < 24 && minute < 60,
        [Some(hour), Some(minute), Some(second)] => hour < 24 && minute < 60 && second <= 60,
        _ => false,
    };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let zone = zone.trim_start();
    let zone_is_right = match zone.strip_prefix(['+', '-']) {
        None => matches!(zone, "" | "Z" | "z" | "UTC"),
        Some(offset) => match offset.split_once(':') {
            Some((hours, minutes)) => hours.len() == 2 && minutes.len() == 2 && digits(hours) && digits(minutes),
            None => offset.len() == 4 && digits(offset),
        },
    };
    in_range && digits(fraction) && zone_is_right
}

fn number<T: std::str::FromStr>(digits: &str) -> Option<T> {
    if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::parse_date;

    #[test]
    fn the_three_spellings_and_those_of_other_generators_are_read() {
        for text in [
            "1999-12-19",
            "19-DEC-1999",
            "19-dec-1999",
            "1999-12-19T23:59:60Z",
            "1999-12-19T10:00:00.123+01:00",
            "1999-12-19 10:00:00 -0500",
            "1999-12-19 10:00",
            " 1999-12-19 ",
            "1999-12-19t10:00:00z",
        ] {
            assert_eq!(parse_date(text), Some(date(1999, 12, 19)), "{text}");
        }
        assert_eq!(parse_date("7-JAN-2001"), Some(date(2001, 1, 7)));
    }

    #[test]
    fn what_is_not_surely_a_date_is_none() {
        for text in [
            "",
            "1999",
            "19991219",
            "1999-13-01",
            "1999-02-29",
            "1999-12-19x",
            "1999-12-19T25:00Z",
            "19-DEC-99",
            "12/19/1999",
            "DEC-19-1999",
            "1999-12-1",
            "+999-12-19",
            "1999-1é-19",
            "é999-12-19",
            "1999-12-19T",
            "1999-12-19T10:00:00+1",
            "tomorrow",
            "1-1-1999",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
