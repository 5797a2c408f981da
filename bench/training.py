#!/usr/bin/env python3
"""Training steps of ours against PyTorch's, side by side in one run.

Forward pass, loss, gradients and Adam, on the CPU: a ConvNet on 32 pictures of 32x32, a U-Net on 4
of 128x128, an LSTM on 32 windows of 100 numbers. bench/RealtimeVision.Bench/TrainingSteps.cs has
the same graphs. Ours and PyTorch's are measured in turns; medians of all turns are compared.

    apt-get install python3-torch libopenblas0-openmp
    /usr/bin/python3 bench/training.py

A ratio above 1 says that ours is faster.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import time

import torch
from torch import nn

PROJECT = pathlib.Path(__file__).resolve().parent / "RealtimeVision.Bench"


def convnet():
    model = nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(16 * 16 * 32, 64), nn.ReLU(), nn.Linear(64, 10))
    pictures, labels = torch.rand(32, 3, 32, 32), torch.arange(32) % 10
    loss = nn.CrossEntropyLoss()
    return model, lambda: loss(model(pictures), labels)


def double(inputs, outputs):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(),
        nn.Conv2d(outputs, outputs, 3, padding=1), nn.ReLU())


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1, self.down2, self.bottom = double(3, 32), double(32, 64), double(64, 128)
        self.up2, self.level2 = nn.ConvTranspose2d(128, 64, 2, stride=2), double(128, 64)
        self.up1, self.level1 = nn.ConvTranspose2d(64, 32, 2, stride=2), double(64, 32)
        self.pool, self.mask = nn.MaxPool2d(2), nn.Conv2d(32, 1, 1)

    def forward(self, x):
        skip1 = self.down1(x)
        skip2 = self.down2(self.pool(skip1))
        x = self.bottom(self.pool(skip2))
        x = self.level2(torch.cat([self.up2(x), skip2], 1))
        x = self.level1(torch.cat([self.up1(x), skip1], 1))
        return self.mask(x)


def unet():
    model = UNet()
    pictures, masks = torch.rand(4, 3, 128, 128), torch.rand(4, 1, 128, 128)
    loss = nn.BCEWithLogitsLoss()
    return model, lambda: loss(model(pictures), masks)


def lstm():
    model = nn.LSTM(1, 50, batch_first=True)
    windows = torch.rand(32, 100, 1)
    return model, lambda: model(windows)[0].mean()


class Theirs:
    """A step of PyTorch, and the times of its turns in milliseconds."""

    def __init__(self, make):
        self.model, self.loss = make()
        self.optimiser = torch.optim.Adam(self.model.parameters())
        self.times = []

    def step(self):
        self.optimiser.zero_grad()
        self.loss().backward()
        self.optimiser.step()

    def turn(self, seconds):
        for _ in range(3):
            self.step()
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            begin = time.perf_counter()
            self.step()
            self.times.append((time.perf_counter() - begin) * 1000)


def ours(name, seconds, threads):
    """The median step of one turn of ours, in milliseconds."""
    command = [
        "dotnet", "run", "--configuration", "Release", "--no-build", "--project", PROJECT, "--",
        "training", "--only", name, "--seconds", str(seconds), "--threads", str(threads), "--json"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(output.splitlines()[-1])[f"{name}_ms"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2, help="seconds of a turn")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    subprocess.run(
        ["dotnet", "build", PROJECT, "--configuration", "Release", "--verbosity", "quiet"],
        check=True, stdout=subprocess.DEVNULL)
    print("| training step | ours ms | PyTorch ms | ratio |\n| --- | --- | --- | --- |", flush=True)
    for name, make in {"convnet": convnet, "unet": unet, "lstm": lstm}.items():
        theirs, medians = Theirs(make), []
        for _ in range(arguments.turns):
            medians.append(ours(name, arguments.seconds, arguments.threads))
            theirs.turn(arguments.seconds)
        mine, other = statistics.median(medians), statistics.median(theirs.times)
        print(f"| {name} | {mine:.2f} | {other:.2f} | {other / mine:.2f} |", flush=True)


if __name__ == "__main__":
    main()
