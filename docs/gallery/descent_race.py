"""Descent and the loss"""
from pellucid.insight import plots
from pellucid.insight.dynamics import landscape, race
from pellucid.optimizers import SGD, Adam, RMSprop

f = lambda x, y: x**2 / 20 + y**2
paths = race(f, (-7, 2), {"SGD": SGD(0.95), "RMSProp": RMSprop(0.2), "Adam": Adam(0.3)}, 60)
film = plots.DescentRace(landscape(f, (-8.5, 5), (-3.2, 3.2)), paths)    # film.save("race.gif")
