"""Train-time changes of whole image batches on their device: float images and sample ids come in, changed images go out to `normalize`."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
import torch.nn.functional as F
from torch import Tensor

from datamodules.draw import draw_uniform
from toolkit.errors import check

__all__ = ["Augment", "blur_images", "jitter_affine", "jitter_tone"]

NUM_DRAWS = 10

MOST = {"rotation_degrees": 180.0, "shear_degrees": 60.0, "scale_fraction": 0.9, "contrast_fraction": 1.0, "gamma_fraction": 9.0}
"""The largest value of each of Augment's fields; 1 where none is given."""


@dataclass(frozen=True)
class Augment:
    """Small changes of place, light and sharpness that keep a picture's meaning; it never flips.

    Each sample's changes are drawn from (seed, epoch, sample id): the same in any batch, at any number of workers or ranks.
    Every field is the most that can be drawn; zero leaves that change out.

    Args:
        rotation_degrees: Turn by up to this, either way, in [0, 180].
        scale_fraction: Stretch each axis by a factor in [1 − this, 1 + this]; this in [0, 0.9].
        shear_degrees: Slant by up to this, in [0, 60].
        shift_fraction: Move by up to this share of the side, in [0, 1].
        contrast_fraction: Stretch intensities around the picture's mean by a factor in [1 − this, 1 + this]; this in [0, 1].
        brightness: Add up to ± this, in [0, 1].
        gamma_fraction: Raise intensities to a power in [1/(1 + this), 1 + this]; this in [0, 9].
        blur_fraction: Blend each pixel with its neighbours by up to this share, in [0, 1].
    """

    rotation_degrees: float = 10.0
    scale_fraction: float = 0.12
    shear_degrees: float = 6.0
    shift_fraction: float = 0.06
    contrast_fraction: float = 0.3
    brightness: float = 0.15
    gamma_fraction: float = 0.3
    blur_fraction: float = 0.6

    def __post_init__(self) -> None:
        for field in fields(self):
            value, most = getattr(self, field.name), MOST.get(field.name, 1.0)
            check(0 <= value <= most, "Augment", field.name, f"in [0, {most:g}]", value)

    def __call__(self, images: Tensor, index: Tensor, *, seed: int, epoch: int) -> Tensor:
        """Change a batch.

        Args:
            images: Intensities in [0, 1], floating point, shape (N, C, H, W).
            index: Sample ids, int64, shape (N,).
            seed: In [0, 2³²).
            epoch: The epoch, at least 0.

        Returns:
            Images of the same shape and dtype, in [0, 1].
        """
        turn, wide, high, slant, right, down, gain, bias, power, soft = draw_uniform(index, NUM_DRAWS, seed=seed, epoch=epoch)
        if self.rotation_degrees or self.scale_fraction or self.shear_degrees or self.shift_fraction:
            angles = torch.deg2rad(turn * self.rotation_degrees), torch.deg2rad(slant * self.shear_degrees)
            scale = torch.stack((1 + wide * self.scale_fraction, 1 + high * self.scale_fraction))
            images = jitter_affine(images, *angles, scale=scale, shift=torch.stack((right, down)) * self.shift_fraction)
        if self.contrast_fraction or self.brightness or self.gamma_fraction:
            gamma = (1 + self.gamma_fraction) ** power
            images = jitter_tone(images, gain=1 + gain * self.contrast_fraction, bias=bias * self.brightness, gamma=gamma)
        if self.blur_fraction:
            images = blur_images(images, soft.clamp(min=0) * self.blur_fraction).clamp_(max=1)  # rounding may step over
        return images


def jitter_affine(images: Tensor, rotation: Tensor, shear: Tensor, *, scale: Tensor, shift: Tensor) -> Tensor:
    """Move each picture about its centre: slant, then stretch, then turn, then shift; edges are repeated outwards.

    Args:
        images: Floating point, shape (N, C, H, W).
        rotation: Radians counter-clockwise as seen, shape (N,).
        shear: Radians, shape (N,): verticals lean to the left by it.
        scale: Width and height factors, shape (2, N), above 0.
        shift: Rightwards and downwards in shares of the side, shape (2, N).

    Returns:
        Images of the same shape and dtype, sampled bilinearly.
    """
    height, width = images.shape[-2:]
    rotation, shear, (wide, high), (right, down) = (t.view(*t.shape, 1, 1) for t in (rotation, shear.tan(), scale, 2 * shift))
    aspect = width / height  # angles hold for pixels, while grid_sample measures both sides from −1 to 1
    x = (torch.linspace(1 / width - 1, 1 - 1 / width, width, device=images.device) - right) * aspect
    y = torch.linspace(1 / height - 1, 1 - 1 / height, height, device=images.device).view(-1, 1) - down
    # grid_sample asks where each output pixel comes from, so every step is undone, the last one first
    yx, yy = rotation.sin() / high, rotation.cos() / high
    xx, xy = rotation.cos() / wide - shear * yx, -rotation.sin() / wide - shear * yy
    # as complex numbers, x and y of all pixels are one sum of rows and columns, in a tenth of the time
    places = torch.complex(xx / aspect * x, yx * x) + torch.complex(xy / aspect * y, yy * y)
    grid = torch.view_as_real(places).to(images.dtype)
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)


def jitter_tone(images: Tensor, *, gain: Tensor, bias: Tensor, gamma: Tensor) -> Tensor:
    """Change each picture's contrast around its mean, its brightness, then its gamma.

    Args:
        images: Intensities in [0, 1], floating point, shape (N, C, H, W).
        gain: Contrast factors, shape (N,), at least 0.
        bias: Added brightness, shape (N,).
        gamma: Powers, shape (N,), above 0.

    Returns:
        Images of the same shape and dtype, in [0, 1].
    """
    gain, bias, gamma = (t.to(images.dtype).view(-1, 1, 1, 1) for t in (gain, bias, gamma))
    mean = images.mean((1, 2, 3), keepdim=True)
    images = torch.addcmul(mean * (1 - gain) + bias, images, gain).clamp_(0, 1)
    return images.log2_().mul_(gamma).exp2_()  # two thirds of pow's time


def blur_images(images: Tensor, amount: Tensor) -> Tensor:
    """Blend each pixel with the mean of its two neighbours, along rows and then along columns.

    Args:
        images: Floating point, shape (N, C, H, W).
        amount: Share of the neighbours, shape (N,), in [0, 1]; one half is the binomial (1, 2, 1) / 4.

    Returns:
        Images of the same shape and dtype; edges count as their own outer neighbours.
    """
    share = amount.to(images.dtype).view(-1, 1, 1, 1) / 2
    return _add_neighbours(_add_neighbours(images, share, axis=3), share, axis=2)


def _add_neighbours(images: Tensor, share: Tensor, *, axis: int) -> Tensor:
    """Give a share of each pixel away to its two neighbours along an axis; the edge's pixels keep what would fall over."""
    last, blurred = images.shape[axis] - 1, images * (1 - 2 * share)
    # added in place: padding the pictures first, or adding before scaling, takes memory afresh, which costs more than the sums
    for to, of, count in ((1, 0, last), (0, 1, last), (0, 0, 1), (last, last, 1)):
        blurred.narrow(axis, to, count).addcmul_(images.narrow(axis, of, count), share)
    return blurred
