#!/usr/bin/env python3
"""The street's U-Net trained by ours and by PyTorch: the same frames, network, loss and steps.

Ours trains by samples/recipes/street-segmenter.yaml, on as many frames and epochs as told; PyTorch
on the same frames, which `rtv bench street-frames` writes. The network, its first values, loss,
AdamW, schedule, clipping, average of the weights and augmentation have the recipe's formulas. What
differs is chance: first values, order and augmentation come from generators of their own. Ours has
to be no worse than PyTorch's by 0.01 in mean IoU on the test frames.

That the network is the same one is checked as well: PyTorch's, with the weights that ours came to,
has to give the same logits and the same mean IoU.

    apt-get install python3-torch libopenblas0-openmp
    /usr/bin/python3 bench/street_unet.py --json
"""

import argparse
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile
import time

import numpy
import torch
import yaml
from torch import nn
from torch.nn import functional

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECIPE = ROOT / "samples/recipes/street-segmenter.yaml"
MOST_WORSE = 0.01
MOST_APART = 1e-2
LUMINANCE = torch.tensor([0.213, 0.715, 0.072])


def convolution(inputs, outputs, kernel, stride=1):
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    nn.init.normal_(conv.weight, std=math.sqrt(2 / (kernel * kernel * inputs)))
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


def transposed(inputs, outputs):
    conv = nn.ConvTranspose2d(inputs, outputs, 2, 2)
    nn.init.normal_(conv.weight, std=math.sqrt(2 / inputs))
    nn.init.zeros_(conv.bias)
    return conv


class SqueezeExcitation(nn.Module):
    def __init__(self, channels, ratio):
        super().__init__()
        squeezed = max(channels // ratio, 1)
        self.squeeze, self.excite = nn.Linear(channels, squeezed), nn.Linear(squeezed, channels)
        nn.init.normal_(self.squeeze.weight, std=math.sqrt(2 / channels))
        nn.init.xavier_uniform_(self.excite.weight)
        nn.init.zeros_(self.squeeze.bias)
        nn.init.zeros_(self.excite.bias)

    def forward(self, x):
        scale = torch.sigmoid(self.excite(functional.relu(self.squeeze(x.mean((2, 3))))))
        return x * scale[:, :, None, None]


class ResidualBlock(nn.Module):
    def __init__(self, inputs, outputs, ratio):
        super().__init__()
        self.first = convolution(inputs, outputs, 3)
        self.second = convolution(outputs, outputs, 3)
        self.gate = SqueezeExcitation(outputs, ratio)
        self.shortcut = nn.Identity() if inputs == outputs else convolution(inputs, outputs, 1)

    def forward(self, x):
        y = self.gate(self.second(functional.relu(self.first(x))))
        return functional.relu(y + self.shortcut(x))


class UNet(nn.Module):
    """Modules are in the order of ours: so parameters and statistics are, too."""

    def __init__(self, filters, ratio, classes):
        super().__init__()
        self.stem = convolution(3, filters[0], 3, stride=2)
        sizes = [filters[0], *filters]
        self.down = nn.ModuleList(
            ResidualBlock(a, b, ratio) for a, b in zip(sizes, sizes[1:]))
        self.up, self.level = nn.ModuleList(), nn.ModuleList()
        self.ordered = [self.stem, *self.down]
        for wide, narrow in zip(filters[:0:-1], filters[-2::-1]):
            self.up.append(transposed(wide, narrow))
            self.level.append(ResidualBlock(2 * narrow, narrow, ratio))
            self.ordered += [self.up[-1], self.level[-1]]
        self.classifier = nn.ConvTranspose2d(filters[0], classes, 2, 2)
        limit = math.sqrt(6 / (filters[0] + 4 * classes))
        nn.init.uniform_(self.classifier.weight, -limit, limit)
        nn.init.zeros_(self.classifier.bias)
        self.ordered.append(self.classifier)

    def forward(self, x):
        x, skips = functional.relu(self.stem(x)), []
        for block in self.down[:-1]:
            skips.append(block(x))
            x = functional.max_pool2d(skips[-1], 2)
        x = self.down[-1](x)
        for up, block in zip(self.up, self.level):
            x = block(torch.cat([skips.pop(), up(x)], 1))
        return self.classifier(x)

    def tensors(self):
        """Weights and statistics in the order of our files."""
        for part in self.ordered:
            for name, value in part.state_dict(keep_vars=True).items():
                if not name.endswith("num_batches_tracked"):
                    yield value


def load(path):
    """Tensors of a safetensors file by name, in its order, and its metadata."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    metadata = header.pop("__metadata__")
    tensors = {
        name: numpy.frombuffer(data[slice(*t["data_offsets"])], "<f4").reshape(t["shape"])
        for name, t in header.items()}
    return tensors, metadata


@torch.no_grad()
def set_weights(model, tensors):
    targets = list(model.tensors())
    assert len(targets) == len(tensors), f"{len(tensors)} tensors for {len(targets)}"
    for target, values in zip(targets, tensors):
        # Ours are [KH, KW, C, O] and [C, O]; transposed convolutions [KH, KW, O, C].
        values = values.transpose(3, 2, 0, 1) if values.ndim == 4 else values.T
        assert tuple(target.shape) == values.shape, f"{values.shape} for {tuple(target.shape)}"
        target.copy_(torch.tensor(numpy.ascontiguousarray(values)))


class Frames:
    """A part of the exported frames, and what normalises them."""

    def __init__(self, folder, part, manifest):
        self.pictures = numpy.load(folder / f"{part}-pictures.npy", mmap_mode="r")
        self.classes = numpy.load(folder / f"{part}-classes.npy", mmap_mode="r")
        self.mean = torch.tensor(manifest["mean"])
        self.deviation = torch.tensor(manifest["deviation"])

    def batch(self, indices, jitter=None):
        """Pictures [N, 3, H, W], normalised, and classes [N, H, W]."""
        x = torch.tensor(self.pictures[indices]).float() / 255
        y = torch.tensor(self.classes[indices]).long()
        if jitter is not None:
            flips = torch.rand(len(x)) < 0.5
            x[flips], y[flips] = x[flips].flip(2), y[flips].flip(2)
            x = self.jittered(x, jitter)
        return ((x - self.mean) / self.deviation).permute(0, 3, 1, 2).contiguous(), y

    @staticmethod
    def jittered(x, amounts):
        """Brightness, contrast about the mean luminance, saturation: one linear map, as ours."""
        brightness, contrast, saturation = (
            (1 + a * (2 * torch.rand(len(x), 1, 1) - 1)) for a in amounts)
        mean = (x.mean((1, 2)) @ LUMINANCE)[:, None, None]
        colours = saturation * torch.eye(3) + (1 - saturation) * LUMINANCE
        x = torch.einsum("nhwc,noc->nhwo", x, brightness * contrast * colours)
        return (x + ((1 - contrast) * brightness * mean)[..., None]).clamp_(0, 1)


def loss_of(logits, truth):
    """Cross-entropy, and the mean of the classes' Dice losses over the batch."""
    p = logits.softmax(1)
    t = functional.one_hot(truth, logits.shape[1]).permute(0, 3, 1, 2).float()
    common, sizes = (p * t).sum((0, 2, 3)), (p + t).sum((0, 2, 3))
    dice = 1 - ((2 * common + 1) / (sizes + 1)).mean()
    return functional.cross_entropy(logits, truth) + dice


@torch.no_grad()
def mean_iou(model, frames, classes, batch):
    """Over the classes that are in the truth or in a prediction."""
    model.eval()
    matrix = numpy.zeros((classes, classes), numpy.int64)
    for begin in range(0, len(frames.pictures), batch):
        x, y = frames.batch(slice(begin, begin + batch))
        pairs = y * classes + model(x).argmax(1)
        matrix += torch.bincount(pairs.flatten(), minlength=classes**2).numpy().reshape(
            classes, classes)
    hits = matrix.diagonal()
    union = matrix.sum(0) + matrix.sum(1) - hits
    return float((hits[union > 0] / union[union > 0]).mean())


def train(recipe, frames, classes):
    """The recipe's training, in PyTorch. Returns the averaged network."""
    training = recipe["training"]
    batch, epochs = training["batch_size"], training["epochs"]
    jitter = next(a for a in training["augmentation"] if a["type"] == "color_jitter")
    amounts = [jitter[name] for name in ("brightness", "contrast", "saturation")]
    model, average = make(recipe, classes), make(recipe, classes)
    average.load_state_dict(model.state_dict())
    pairs = list(zip(average.tensors(), model.tensors()))
    rate = training["optimiser"]["learning_rate"]
    optimiser = torch.optim.AdamW(model.parameters(), rate)
    steps = len(frames.pictures) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, rate, total_steps=epochs * steps, cycle_momentum=False)
    model.train()
    for epoch in range(epochs):
        order, losses, begin = numpy.random.permutation(len(frames.pictures)), 0, time.time()
        for step in range(steps):
            indices = numpy.sort(order[step * batch:(step + 1) * batch])
            x, y = frames.batch(indices, amounts)
            loss = loss_of(model(x), y)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), training["clip_norm"])
            optimiser.step()
            schedule.step()
            done = epoch * steps + step
            decay = min(training["average_decay"], (1 + done) / (10 + done))
            with torch.no_grad():
                for mean, value in pairs:
                    mean.lerp_(value, 1 - decay)
            losses += loss.item()
            if (step + 1) % 50 == 0 or step + 1 == steps:
                say(f"PyTorch: epoch {epoch + 1}/{epochs}, step {step + 1}/{steps}, "
                    f"loss {losses / (step + 1):.4f}, {time.time() - begin:.0f} s")
    return average


def make(recipe, classes):
    options = recipe["model"]["options"]
    assert recipe["model"]["zoo"] == "unet" and options["half_size"] and options["residual"]
    return UNet(options["filters"], options["squeeze_ratio"], classes)


def say(text):
    print(text, file=sys.stderr, flush=True)


def rtv(*arguments):
    """Runs our command, and reads the JSON that its last line is."""
    output = subprocess.run(
        [ROOT / "rtv", *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(output.splitlines()[-1]) if "--json" in arguments else None


def apart(model, frames, file, folder):
    """The largest difference of logits, over their largest, of PyTorch's network and ours."""
    x, _ = frames.batch(slice(0, 2))
    numpy.save(folder / "x.npy", x.permute(0, 2, 3, 1).contiguous().numpy())
    rtv("run", file, "--input", f"input={folder / 'x.npy'}", "--output-dir", folder / "logits")
    mine = numpy.load(next((folder / "logits").glob("*.npy")))
    with torch.no_grad():
        theirs = model.eval()(x).permute(0, 2, 3, 1).numpy()
    return float(abs(mine - theirs).max() / abs(theirs).max())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", type=int, default=2000, help="frames to train with")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--test", type=int, help="frames to test with, instead of the recipe's")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, help="instead of the recipe's")
    parser.add_argument("--json", action="store_true", help="end with one JSON object in a line")
    arguments = parser.parse_args()
    recipe = yaml.safe_load(RECIPE.read_text())
    data, training = recipe["data"], recipe["training"]
    recipe["seed"] = arguments.seed if arguments.seed is not None else recipe["seed"]
    data["train"], data["validation"] = arguments.train, 0
    data["test"] = arguments.test or data["test"]
    training["epochs"] = arguments.epochs
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(recipe["seed"])
    numpy.random.seed(recipe["seed"])
    with tempfile.TemporaryDirectory(prefix="street-unet-") as name:
        folder = pathlib.Path(name)
        result = compare(recipe, folder, arguments.threads)
    say(f"parameters: ours {result['ours_parameters']:,}, PyTorch "
        f"{result['pytorch_parameters']:,}")
    say(f"mean IoU: ours {result['ours_mean_iou']:.4f}, PyTorch {result['pytorch_mean_iou']:.4f}")
    if arguments.json:
        print(json.dumps(result))
    is_same = result["same_weights_logits_apart"] <= MOST_APART
    return 0 if is_same and result["difference"] <= MOST_WORSE else 1


def compare(recipe, folder, threads):
    data, batch = recipe["data"], recipe["training"]["batch_size"]
    (folder / "recipe.yaml").write_text(yaml.safe_dump(recipe, sort_keys=False))
    ours = rtv(
        "train", folder / "recipe.yaml", "--out", folder / "ours", "--threads", threads, "--json")
    tensors, metadata = load(ours["model"])
    rtv(
        "bench", "street-frames", "--out", folder, "--seed", recipe["seed"],
        "--size", *data["size"], "--train", data["train"], "--test", data["test"])
    manifest = json.loads(metadata["realtimevision.training"])
    classes = len(json.loads(metadata["realtimevision.manifest"])["labels"])
    tested = Frames(folder, "test", manifest)
    model = make(recipe, classes)
    set_weights(model, list(tensors.values()))
    difference = apart(model, tested, ours["model"], folder)
    same = mean_iou(model, tested, classes, batch)
    say(f"with the weights of ours: logits apart by {difference:.1e} of the largest, mean IoU "
        f"{same:.5f} in PyTorch, {ours['mean_iou']:.5f} in ours")
    begin = time.time()
    model = train(recipe, Frames(folder, "train", manifest), classes)
    seconds = time.time() - begin
    theirs = mean_iou(model, tested, classes, batch)
    return {
        "ours_mean_iou": ours["mean_iou"], "pytorch_mean_iou": theirs,
        "difference": theirs - ours["mean_iou"],
        "ours_parameters": sum(
            t.size for name, t in tensors.items() if not name.endswith(("/mean", "/variance"))),
        "pytorch_parameters": sum(p.numel() for p in model.parameters()),
        "same_weights_logits_apart": difference, "same_weights_mean_iou": same,
        "ours_seconds": ours["seconds"], "pytorch_seconds": seconds,
        "frames": data["train"], "test_frames": data["test"],
        "epochs": recipe["training"]["epochs"], "threads": threads, "seed": recipe["seed"],
    }


if __name__ == "__main__":
    sys.exit(main())
