//! A darkroom: filters over RGBA pixels. The picture comes in as a WIT record and goes out as one; the guest imports nothing of its own.
mod filter;
mod kernel;

wit_bindgen::generate!({ world: "photo", path: "wit" });

use exports::demo::photo::darkroom::{Filter, Guest, Histogram, Mismatch, Picture, Problem};

struct Darkroom;
export!(Darkroom);

impl Guest for Darkroom {
    fn develop(picture: Picture, filters: Vec<Filter>) -> Result<Picture, Problem> {
        check(&picture)?;
        filters.iter().try_fold(picture, filter::apply)
    }

    fn measure(picture: Picture) -> Result<Histogram, Problem> {
        check(&picture)?;
        let mut levels = vec![0u32; 32];
        let mut sums = [0u64; 3];
        for pixel in picture.pixels.chunks_exact(4) {
            levels[usize::from(kernel::brightness(pixel) >> 3)] += 1;
            for (sum, value) in sums.iter_mut().zip(pixel) {
                *sum += u64::from(*value);
            }
        }
        let count = (picture.pixels.len() / 4) as u64;
        let [red, green, blue] = sums.map(|sum| (sum / count) as u8);
        Ok(Histogram { levels, average: (red, green, blue) })
    }
}

fn check(picture: &Picture) -> Result<(), Problem> {
    let expected = u64::from(picture.width) * u64::from(picture.height) * 4;
    if expected == 0 {
        return Err(Problem::Empty);
    }
    let got = picture.pixels.len() as u64;
    if expected != got {
        return Err(Problem::WrongLength(Mismatch { expected: expected.min(u64::from(u32::MAX)) as u32, got: got as u32 }));
    }
    Ok(())
}
