//! Pictures are opened within limits and written anew: what they told of places and machines does not come along.

use std::io::{self, Cursor};
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as Filter, PngEncoder};
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::photograph;
use crate::rules::Refusal;
use crate::sniff::Format;

/// As it is shown: as large as a page needs, and small beside others.
pub struct Picture {
    pub full: Written,
    pub small: Written,
    pub width: u32,
    pub height: u32,
}

pub struct Written {
    pub bytes: Vec<u8>,
    pub content_type: &'static str,
}

const LONG_EDGE: u32 = 1600;
const SMALL_EDGE: u32 = 480;
/// A picture of 50 megapixels in four bytes a point takes 200 MB while it is opened; two are opened at a time.
const POINTS: u64 = 50_000_000;
const ALLOCATED: u64 = 256 * 1024 * 1024;
/// What was drawn or photographed from a screen stays sharp while it is this small; photographs are JPEG.
const SHARP: usize = 400_000;

/// Opening one takes much memory and a processor: two at a time.
pub static TABLES: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(2);

/// Where a picture was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    Elsewhere,
    /// It comes back from where it was taken out to. One that is as it was written here stays, since a photograph would lose
    /// something each time.
    PerhapsHere,
}

pub fn write_anew(path: &Path, format: Format, before: Before) -> Result<Picture, Refusal> {
    let (format, photograph) = match format {
        Format::Jpeg => (ImageFormat::Jpeg, true),
        Format::Png => (ImageFormat::Png, false),
        Format::Webp => (ImageFormat::WebP, true),
        _ => return Err(Refusal::Unreadable),
    };
    let opened = open(path, format)?;
    let full = fit(opened, LONG_EDGE);
    let small = fit(full.clone(), SMALL_EDGE);
    let (width, height) = (full.width(), full.height());
    if format == ImageFormat::Jpeg && before == Before::PerhapsHere
        && let Some(bytes) = written_here(path, &full)
    {
        return Ok(Picture { full: Written { bytes, content_type: "image/jpeg" }, small: write(&small, true, false)?, width, height });
    }
    let clear = full.color().has_alpha() && full.to_rgba8().pixels().any(|p| p.0.last() != Some(&u8::MAX));
    Ok(Picture { full: write(&full, photograph, clear)?, small: write(&small, photograph, clear)?, width, height })
}

/// Its size is looked at before anything is opened, so a bomb is refused by its head.
fn open(path: &Path, format: ImageFormat) -> Result<DynamicImage, Refusal> {
    let broken = |_: io::Error| Refusal::Broken;
    let file = std::fs::File::open(path).map_err(broken)?;
    let mut reader = ImageReader::with_format(io::BufReader::new(file), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(ALLOCATED);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > POINTS || decoder.total_bytes() > ALLOCATED {
        return Err(Refusal::TooManyPoints);
    }
    decoder.set_limits(limits).map_err(refusal)?;
    let turned = decoder.orientation().map_err(refusal)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    picture.apply_orientation(turned);
    Ok(picture)
}

/// The bytes of a photograph, if they are what is written here.
fn written_here(path: &Path, picture: &DynamicImage) -> Option<Vec<u8>> {
    let bytes = std::fs::read(path).ok()?;
    let sample = write(&DynamicImage::new_rgb8(1, 1), true, false).ok()?;
    photograph::is_as(&bytes, &sample.bytes, (picture.width(), picture.height())).then_some(bytes)
}

fn refusal(error: image::ImageError) -> Refusal {
    match error {
        image::ImageError::Limits(_) => Refusal::TooManyPoints,
        _ => Refusal::Broken,
    }
}

fn fit(picture: DynamicImage, edge: u32) -> DynamicImage {
    if picture.width().max(picture.height()) <= edge { picture } else { picture.resize(edge, edge, FilterType::Triangle) }
}

fn write(picture: &DynamicImage, photograph: bool, clear: bool) -> Result<Written, Refusal> {
    if clear || !photograph {
        let mut out = Cursor::new(Vec::new());
        let encoder = PngEncoder::new_with_quality(&mut out, CompressionType::Default, Filter::Adaptive);
        let eight = if clear { DynamicImage::from(picture.to_rgba8()) } else { DynamicImage::from(picture.to_rgb8()) };
        eight.write_with_encoder(encoder).map_err(refusal)?;
        if clear || out.get_ref().len() <= SHARP {
            return Ok(Written { bytes: out.into_inner(), content_type: "image/png" });
        }
    }
    let mut out = Cursor::new(Vec::new());
    picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut out, 82)).map_err(refusal)?;
    Ok(Written { bytes: out.into_inner(), content_type: "image/jpeg" })
}
