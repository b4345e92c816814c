"""Draw a run's log as SVG: training loss (smoothed) and validation losses over the tokens seen."""
import argparse
import json
from pathlib import Path

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 840, 420, 52, 240, 24, 44
COLORS = ("#444444", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
HIGHEST_LOSS = 6.0


def smoothed(values, memory=0.98):
    """Exponential mean, corrected for its start."""
    mean, weight = 0.0, 0.0
    for value in values:
        mean, weight = memory * mean + (1 - memory) * value, memory * weight + (1 - memory)
        yield mean / weight


def curves(lines):
    """[(name, [(millions of tokens, loss)])], the training loss first."""
    tokens = [line["tokens"] / 1e6 for line in lines]
    result = {"training (smoothed)": list(zip(tokens, smoothed([line["loss"] for line in lines])))[10::5]}
    for line in lines:
        for name, loss in line.get("validation", {}).items():
            result.setdefault(f"held-out {name}", []).append((line["tokens"] / 1e6, loss))
    return list(result.items())


def svg(lines):
    drawn = curves(lines)
    most_tokens = lines[-1]["tokens"] / 1e6
    losses = [loss for _, points in drawn for _, loss in points]
    low = int(min(losses) * 2) / 2

    def x(tokens):
        return LEFT + tokens / most_tokens * (WIDTH - LEFT - RIGHT)

    def y(loss):
        return TOP + (HIGHEST_LOSS - min(loss, HIGHEST_LOSS)) / (HIGHEST_LOSS - low) * (HEIGHT - TOP - BOTTOM)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
             f'font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>']
    for step in range(int((HIGHEST_LOSS - low) * 2) + 1):
        loss = low + step / 2
        parts.append(f'<path d="M{LEFT} {y(loss):.1f}H{WIDTH - RIGHT}" stroke="#dddddd"/>'
                     f'<text x="{LEFT - 8}" y="{y(loss) + 4:.1f}" text-anchor="end">{loss:.1f}</text>')
    every = max(1, round(most_tokens / 8))
    for tokens in range(0, int(most_tokens) + 1, every):
        parts.append(f'<text x="{x(tokens):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{tokens}</text>')
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">million tokens</text>'
                 f'<text x="{LEFT}" y="14">loss, nats per token</text>')
    for line in lines:
        if "cooldown" in line:
            at = x(line["tokens"] / 1e6)
            parts.append(f'<path d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#888888" stroke-dasharray="4 4"/>'
                         f'<text x="{at + 4:.1f}" y="{TOP + 12}" fill="#888888">cool-down</text>')
    for index, (name, points) in enumerate(drawn):
        path = "L".join(f"{x(tokens):.1f} {y(loss):.1f}" for tokens, loss in points)
        color = COLORS[index % len(COLORS)]
        parts.append(f'<path d="M{path}" fill="none" stroke="{color}" stroke-width="1.6"/>'
                     f'<path d="M{WIDTH - RIGHT + 10} {TOP + 20 + 18 * index}h14" stroke="{color}" stroke-width="2"/>'
                     f'<text x="{WIDTH - RIGHT + 28}" y="{TOP + 24 + 18 * index}">{name}</text>')
    return "\n".join(parts) + "\n</svg>\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.write_text(svg([json.loads(line) for line in arguments.log.read_text().splitlines()]))


if __name__ == "__main__":
    main()
