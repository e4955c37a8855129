"""Inside a network"""
from pellucid.insight import plots
from pellucid.insight.graph import graph
from pellucid.ops import sigmoid

chain = graph(lambda x, w, b, y: (y - sigmoid(w * x + b)) ** 2, x=2.0, w=0.5, b=-0.3, y=1.0)
figure = plots.computation_graph(chain)                 # of a model: model.graph(x, y)
