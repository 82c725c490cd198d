//! What several filters share: brightness, convolution with a 3x3 kernel, a box blur that costs the same for every radius.
use crate::exports::demo::photo::darkroom::Picture;

/// Rec. 601 luma in integers.
pub fn brightness(pixel: &[u8]) -> u8 {
    ((u32::from(pixel[0]) * 77 + u32::from(pixel[1]) * 150 + u32::from(pixel[2]) * 29) >> 8) as u8
}

/// Every colour of the result is the weighted sum of its nine neighbours; the border repeats. Alpha stays.
pub fn convolve(picture: &Picture, kernel: &[f32; 9]) -> Vec<u8> {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let mut out = picture.pixels.clone();
    for y in 0..height {
        let rows = [y.saturating_sub(1), y, (y + 1).min(height - 1)];
        for x in 0..width {
            let columns = [x.saturating_sub(1), x, (x + 1).min(width - 1)];
            for channel in 0..3 {
                let mut sum = 0.0;
                for (row, weights) in rows.iter().zip(kernel.chunks_exact(3)) {
                    for (column, weight) in columns.iter().zip(weights) {
                        sum += f32::from(picture.pixels[(row * width + column) * 4 + channel]) * weight;
                    }
                }
                out[(y * width + x) * 4 + channel] = sum as u8; // `as` saturates
            }
        }
    }
    out
}

/// Mean over `radius` pixels to each side along one line of `count` pixels that lie `step` bytes apart. A running sum: two additions a pixel.
fn blur_line(source: &[u8], target: &mut [u8], start: usize, step: usize, count: usize, radius: usize) {
    let at = |index: isize| start + index.clamp(0, count as isize - 1) as usize * step;
    let window = (2 * radius + 1) as u32;
    for channel in 0..4 {
        let mut sum: u32 = (-(radius as isize)..=radius as isize).map(|index| u32::from(source[at(index) + channel])).sum();
        for index in 0..count as isize {
            target[at(index) + channel] = ((sum + window / 2) / window) as u8;
            sum += u32::from(source[at(index + radius as isize + 1) + channel]);
            sum -= u32::from(source[at(index - radius as isize) + channel]);
        }
    }
}

/// Three box blurs, which look like a Gaussian.
pub fn blur(picture: &Picture, radius: usize) -> Vec<u8> {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let mut here = picture.pixels.clone();
    let mut there = vec![0; here.len()];
    for _ in 0..3 {
        for y in 0..height {
            blur_line(&here, &mut there, y * width * 4, 4, width, radius);
        }
        for x in 0..width {
            blur_line(&there, &mut here, x * 4, width * 4, height, radius);
        }
    }
    here
}
