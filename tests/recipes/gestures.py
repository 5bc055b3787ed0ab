"""Labelled series drawn by code, as recipes are tried on."""

import numpy as np


def write_gestures(path, count, *, seed=0):
    """Slow and fast waves of 20 to 40 steps, by turns, in the layout of UEA and UCR."""
    draw = np.random.default_rng(seed)
    facts = ["problemName waves", "timeStamps false", "missing false", "univariate true", "equalLength false", "classLabel true slow fast"]
    lines = [*(f"@{fact}" for fact in facts), "@data"]
    for number in range(count):
        name, speed = [("slow", 0.2), ("fast", 1.5)][number % 2]
        steps = np.sin(speed * np.arange(draw.integers(20, 40)) + draw.uniform(0, 6)) + draw.normal(0, 0.05)
        lines.append(f"{','.join(f'{step:.4f}' for step in steps)}:{name}")
    path.write_text("\n".join(lines) + "\n")
    return path
