# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small picture of rates over time, as SVG."""

import dataclasses

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 28, 34
COLOURS = ("#d97706", "#2563eb")


@dataclasses.dataclass
class Series:
    label: str
    points: list[tuple[float, float]]  # seconds, Mbit/s


def step_for(most: float, lines: int) -> float:
    for step in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500):
        if most / step <= lines:
            return step
    return most


def draw(title: str, series: list[Series], most: float) -> str:
    last = max(point[0] for one in series for point in one.points)
    top = most * 1.05

    def x(seconds: float) -> float:
        return LEFT + seconds / last * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - min(value, top) / top * (HEIGHT - TOP - BOTTOM)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="11">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
           f'<text x="{LEFT}" y="16" font-size="13">{title} (Mbit/s over seconds)</text>']
    value = 0.0
    while value <= most:
        out.append(f'<path d="M{LEFT} {y(value):.1f}H{WIDTH - RIGHT}" stroke="#e5e7eb"/>'
                   f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>')
        value += step_for(most, 5)
    second = 0
    while second <= last:
        out.append(f'<text x="{x(second):.1f}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">{second}</text>')
        second += 5
    for number, one in enumerate(series):
        path = " ".join(f"{'M' if i == 0 else 'L'}{x(s):.1f} {y(v):.1f}" for i, (s, v) in enumerate(one.points))
        colour = COLOURS[number % len(COLOURS)]
        out.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        out.append(f'<text x="{LEFT + 100 * number}" y="{HEIGHT - 5}" fill="{colour}">{one.label}</text>')
    return "\n".join(out) + "\n</svg>\n"
