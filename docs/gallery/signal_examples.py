"""What a model answers"""
import numpy as np

from pellucid.insight import plots

t = np.arange(300) / 100
signals = [np.sin(8 * t), np.sign(np.sin(11 * t)), np.sin(9 * t + np.sin(2 * t))]
figure = plots.signal_examples(np.array(signals), ["sine", "square", "square"],
                               ["sine", "square", "sine"], rate=100)
