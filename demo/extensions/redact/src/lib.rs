//! Takes names, addresses and numbers out of a text: an Extism plug-in, made with Extism's own development kit for Rust. It asks its app which
//! words are names, by a function of the app's.
mod find;

use extism_pdk::*;
use find::{Finding, Kind};
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Redacted {
    text: String,
    mail: u32,
    link: u32,
    number: u32,
    word: u32,
    /// Of all calls since the plug-in was started, kept in a variable of the host's.
    total: u32,
}

#[host_fn]
extern "ExtismHost" {
    /// Which of these words the app knows as names of people.
    fn known_names(words: Json<Vec<String>>) -> Json<Vec<String>>;
}

/// The text comes in, JSON goes out. `config`: `mask` (one character) and `words` (a comma-separated list of words to take out too).
#[plugin_fn]
pub fn redact(text: String) -> FnResult<Json<Redacted>> {
    let mask = config::get("mask")?.and_then(|mask| mask.chars().next()).unwrap_or('\u{2588}');
    let words = config::get("words")?.unwrap_or_default();
    // Safe as far as Rust goes: the app's function gets and gives copies.
    let Json(names) = unsafe { known_names(Json(find::candidates(&text)))? };
    let listed = words.split(',').map(str::trim).filter(|word| !word.is_empty());
    let words: Vec<&str> = listed.chain(names.iter().map(String::as_str)).collect();
    let findings = find::all(&text, &words);
    let count = |kind: Kind| findings.iter().filter(|finding| finding.kind == kind).count() as u32;
    let total = var::get::<u32>("total")?.unwrap_or(0) + findings.len() as u32;
    var::set("total", total)?;
    info!("{} of {} bytes taken out", findings.iter().map(Finding::len).sum::<usize>(), text.len());
    Ok(Json(Redacted {
        mail: count(Kind::Mail),
        link: count(Kind::Link),
        number: count(Kind::Number),
        word: count(Kind::Word),
        text: find::mask(&text, &findings, mask),
        total,
    }))
}

#[derive(Deserialize)]
struct Forget {
    sure: bool,
}

/// Sets the count back; without `{"sure": true}` it is an error that the caller sees.
#[plugin_fn]
pub fn forget(Json(Forget { sure }): Json<Forget>) -> FnResult<()> {
    if !sure {
        return Err(WithReturnCode::new(Error::msg("not sure enough to forget"), 2));
    }
    var::remove("total")?;
    Ok(())
}
