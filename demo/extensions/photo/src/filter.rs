//! The filters themselves, each from a picture to a picture.
use crate::exports::demo::photo::darkroom::{Direction, Filter, Picture, Problem, Tone};
use crate::kernel::{blur, brightness, convolve};

pub fn apply(picture: Picture, filter: &Filter) -> Result<Picture, Problem> {
    Ok(match filter {
        Filter::Grayscale => each(picture, grayscale),
        Filter::Invert => each(picture, |pixel| pixel[..3].iter_mut().for_each(|value| *value = 255 - *value)),
        Filter::Edges => edges(picture),
        Filter::Sepia(amount) => sepia(picture, within("sepia", *amount, 0.0, 1.0)?),
        Filter::Sharpen(amount) => sharpen(picture, within("sharpen", *amount, 0.0, 4.0)?),
        Filter::Blur(radius) => {
            let radius = within("blur", *radius, 1, 64)?;
            let pixels = blur(&picture, radius as usize);
            Picture { pixels, ..picture }
        }
        Filter::Pixelate(side) => pixelate(picture, within("pixelate", *side, 2, 256)? as usize),
        Filter::Posterize(levels) => posterize(picture, within("posterize", *levels, 2, 32)?),
        Filter::Adjust(tone) => adjust(picture, tone)?,
        Filter::Turn(direction) => turn(picture, *direction),
    })
}

/// NaN is in no range.
fn within<T: PartialOrd + std::fmt::Display>(name: &str, value: T, min: T, max: T) -> Result<T, Problem> {
    if value >= min && value <= max {
        return Ok(value);
    }
    Err(Problem::BadSetting(format!("{name} takes {min} to {max}, got {value}")))
}

fn each(mut picture: Picture, change: impl Fn(&mut [u8])) -> Picture {
    picture.pixels.chunks_exact_mut(4).for_each(change);
    picture
}

fn grayscale(pixel: &mut [u8]) {
    let level = brightness(pixel);
    pixel[..3].fill(level);
}

fn sepia(picture: Picture, amount: f32) -> Picture {
    const WEIGHTS: [[f32; 3]; 3] = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]];
    each(picture, |pixel| {
        let old = [f32::from(pixel[0]), f32::from(pixel[1]), f32::from(pixel[2])];
        for (channel, weights) in WEIGHTS.iter().enumerate() {
            let aged: f32 = old.iter().zip(weights).map(|(value, weight)| value * weight).sum();
            pixel[channel] = (old[channel] + (aged - old[channel]) * amount) as u8;
        }
    })
}

fn sharpen(picture: Picture, amount: f32) -> Picture {
    let side = -amount / 4.0;
    let pixels = convolve(&picture, &[0.0, side, 0.0, side, 1.0 + amount, side, 0.0, side, 0.0]);
    Picture { pixels, ..picture }
}

/// Sobel: how fast the brightness changes, in both directions.
fn edges(picture: Picture) -> Picture {
    let gray = each(picture, grayscale);
    let (width, height) = (gray.width as usize, gray.height as usize);
    let mut pixels = gray.pixels.clone();
    for y in 0..height {
        for x in 0..width {
            let at = |dx: isize, dy: isize| {
                let column = (x as isize + dx).clamp(0, width as isize - 1) as usize;
                let row = (y as isize + dy).clamp(0, height as isize - 1) as usize;
                i32::from(gray.pixels[(row * width + column) * 4])
            };
            let across = at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1);
            let down = at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1);
            let strength = ((across * across + down * down) as f32).sqrt() as u8;
            pixels[(y * width + x) * 4..][..3].fill(strength);
        }
    }
    Picture { pixels, ..gray }
}

fn pixelate(mut picture: Picture, side: usize) -> Picture {
    let (width, height) = (picture.width as usize, picture.height as usize);
    for top in (0..height).step_by(side) {
        for left in (0..width).step_by(side) {
            let rows = top..(top + side).min(height);
            let columns = left..(left + side).min(width);
            let count = (rows.len() * columns.len()) as u32;
            for channel in 0..4 {
                let cells = rows.clone().flat_map(|y| columns.clone().map(move |x| (y * width + x) * 4 + channel));
                let sum: u32 = cells.clone().map(|at| u32::from(picture.pixels[at])).sum();
                cells.for_each(|at| picture.pixels[at] = (sum / count) as u8);
            }
        }
    }
    picture
}

fn posterize(picture: Picture, levels: u8) -> Picture {
    let steps = u32::from(levels) - 1;
    each(picture, |pixel| {
        for value in &mut pixel[..3] {
            let level = (u32::from(*value) * steps + 127) / 255;
            *value = (level * 255 / steps) as u8;
        }
    })
}

fn adjust(picture: Picture, tone: &Tone) -> Result<Picture, Problem> {
    let brighter = within("brightness", tone.brightness, 0.0, 4.0)?;
    let contrast = within("contrast", tone.contrast, 0.0, 4.0)?;
    let saturation = within("saturation", tone.saturation, 0.0, 4.0)?;
    Ok(each(picture, |pixel| {
        let gray = f32::from(brightness(pixel));
        for value in &mut pixel[..3] {
            let saturated = gray + (f32::from(*value) - gray) * saturation;
            *value = ((saturated - 128.0) * contrast * brighter + 128.0 * brighter) as u8;
        }
    }))
}

fn turn(mut picture: Picture, direction: Direction) -> Picture {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let from = |column: usize, row: usize| (row * width + column) * 4;
    let mut pixels = Vec::with_capacity(picture.pixels.len());
    match direction {
        Direction::Sideways => (0..height).for_each(|y| (0..width).for_each(|x| pixels.extend_from_slice(&picture.pixels[from(width - 1 - x, y)..][..4]))),
        Direction::UpsideDown => (0..height).for_each(|y| pixels.extend_from_slice(&picture.pixels[from(0, height - 1 - y)..][..width * 4])),
        Direction::QuarterTurn => {
            (0..width).for_each(|x| (0..height).for_each(|y| pixels.extend_from_slice(&picture.pixels[from(x, height - 1 - y)..][..4])));
            (picture.width, picture.height) = (picture.height, picture.width);
        }
    }
    Picture { pixels, ..picture }
}
