"""The Netpbm family: values worked out by hand from the formats' manual pages."""

import numpy as np
import pytest

from toolkit.errors import DataError
from toolkit.images.decode import decode_image


def gray(data):
    image = decode_image(data)
    assert image.dtype == np.float32
    assert (image == image[..., :1]).all()
    return image[..., 0].tolist()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"P1 3 2\n0 1 0\n1 1 0\n", [[1, 0, 1], [0, 0, 1]]),
        (b"P1\n# no spaces between\n3 2\n010110", [[1, 0, 1], [0, 0, 1]]),
        (b"P1 2 1 # a remark\n1 # another 0 0 0\n0", [[0, 1]]),
        (b"P4 3 2\n" + bytes([0b01011111, 0b11000000]), [[1, 0, 1], [0, 0, 1]]),
        (b"P4 9 1\n" + bytes([0b10000000, 0b10000000]), [[0, 1, 1, 1, 1, 1, 1, 1, 0]]),
        (b"P2 3 1 100 0 50 100", [[0, 0.5, 1]]),
        (b"P2 2 1 65535\n65535 13107\n", [[1, 0.2]]),
        (b"P2 2 1 255 # a remark\n51 # and a last one\n255", [[0.2, 1]]),
        (b"P5 2 1 255 " + bytes([51, 255]), [[0.2, 1]]),
        (b"P5 2 1 1000 " + bytes([0x01, 0xF4, 0x03, 0xE8]), [[0.5, 1]]),
        (b"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n" + bytes([51, 255]), [[0.2, 1]]),
        (b"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 1\nMAXVAL 1\nTUPLTYPE BLACKANDWHITE\nENDHDR\n" + bytes([0, 1]), [[0, 1]]),
        (b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 65535\nTUPLTYPE GRAYSCALE\nENDHDR\n" + bytes([0x33, 0x33]), [[0.2]]),
        (b"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n" + bytes([0, 255, 0, 204]), [[0, 0.2]]),
        (b"Pf 1 2\n-1.0\n" + np.array([0.25, 0.75], "<f4").tobytes(), [[0.75], [0.25]]),
        (b"Pf\n2 1\n1\n" + np.array([0.25, 0.75], ">f4").tobytes(), [[0.25, 0.75]]),
    ],
)
def test_gray_is_what_the_format_defines(data, expected):
    np.testing.assert_allclose(gray(data), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"P3 1 1 255 255 0 51", [1, 0, 0.2]),
        (b"P3\n1 1\n10\n10\n0\n2\n", [1, 0, 0.2]),
        (b"P6 1 1 255 " + bytes([255, 0, 51]), [1, 0, 0.2]),
        (b"P6 1 1 65535 " + bytes([0xFF, 0xFF, 0, 0, 0x33, 0x33]), [1, 0, 0.2]),
        (b"P7\n# a remark\nMAXVAL 255\nHEIGHT 1\nWIDTH 1\nDEPTH 3\nTUPLTYPE RGB\nENDHDR\n" + bytes([255, 0, 51]), [1, 0, 0.2]),
        (b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n" + bytes([255, 0, 0, 204]), [1, 0.2, 0.2]),
        (b"PF\n1 1\n-1\n" + np.array([1, 0, 0.2], "<f4").tobytes(), [1, 0, 0.2]),
    ],
)
def test_colour_is_what_the_format_defines(data, expected):
    np.testing.assert_allclose(decode_image(data)[0, 0], expected, atol=1e-6)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"P1 is a word", "PPM header must have width and height, got something else"),
        (b"P2 2 2", "PPM header must have width, height and maximum, got something else"),
        (b"P7\nWIDTH 2\n", "PAM header must have lines up to ENDHDR, got something else"),
        (b"P7\nWIDTH 2\nHEIGHT 1\nENDHDR\n", "PAM header must have WIDTH, HEIGHT, DEPTH and MAXVAL, got something else"),
        (
            b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE CMYK\nENDHDR\n1234",
            "PAM TUPLTYPE must be BLACKANDWHITE, GRAYSCALE or RGB, or one of these and _ALPHA, and fit DEPTH, got 'CMYK' of 4",
        ),
        (b"Pf 1 1\n0.5\n1234", "PFM scale must be 1 or -1, got 0.5"),
        (b"Pf 1 1\n--1\n1234", "PFM scale must be 1 or -1, got --1"),
        (b"Pf is a word", "PFM header must have width, height and scale, got something else"),
        (b"Pf 1 1\n-1\n" + np.array([255], "<f4").tobytes(), "PFM floats must be in [0, 1], 0 black and 1 white, got 255 … 255"),
        (b"Pf 1 1\n-1\n" + np.array([np.nan], "<f4").tobytes(), "PFM floats must be in [0, 1], 0 black and 1 white, got nan … nan"),
        (b"P1 2 1\n0 2", "PPM text of bits must hold 0 and 1, got something else"),
        (b"P1 2 1\n0 1 1", "PPM text must hold 2 samples, got 3"),
        (b"P2 2 1 255\n1 x", "PPM text must hold whole numbers, got something else"),
        (b"P2 2 1 255\n1 2 3", "PPM text must hold 2 samples, got 3"),
        (b"P2 2 1 255\n1 256", "PPM samples must be in 0 … 255, got 1 … 256"),
        (b"P2 2 1 255\n1 -2", "PPM samples must be in 0 … 255, got -2 … 1"),
        (b"P2 2 1 0\n1 1", "PPM maximum must be in 1 … 65535, got 0"),
        (b"P4 99999 99999 ", "picture must have 1 to 64000000 pixels, got 99999 × 99999"),
        (
            b"P7\nWIDTH 99999\nHEIGHT 99999\nDEPTH 1\nMAXVAL 1\nTUPLTYPE GRAYSCALE\nENDHDR\n",
            "picture must have 1 to 64000000 pixels, got 99999 × 99999",
        ),
    ],
)
def test_what_cannot_be_read_is_told(data, message):
    with pytest.raises(DataError) as error:
        decode_image(data)
    assert str(error.value) == message


@pytest.mark.parametrize(
    "whole",
    [
        b"P1 3 2\n010110",
        b"P2 3 1 255\n5 5 5",
        b"P3 1 1 255\n5 5 5",
        b"P4 9 2\n1234",
        b"P7\nWIDTH 2\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n12",
        b"Pf 2 1\n1\n" + bytes(8),
    ],
)
def test_truncated_files_are_refused_at_every_length(whole):
    assert decode_image(whole).shape[2] == 3
    for length in range(len(whole)):
        with pytest.raises(DataError):
            decode_image(whole[:length])
