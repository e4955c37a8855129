"""What a model answers"""
from sklearn.model_selection import cross_val_score

from pellucid.data import load
from pellucid.insight import plots
from pellucid.sklearn import LogisticRegression, MLPClassifier

wine = load("wine")
x = (wine.x - wine.x.mean(0)) / wine.x.std(0)
models = {"network": MLPClassifier((16,), solver="lbfgs", max_iter=500, random_state=0),
          "logistic regression": LogisticRegression(C=0.01)}
scores = {name: cross_val_score(model, x, wine.y, cv=6) for name, model in models.items()}
often = [max((wine.y == k).mean() for k in range(3))]
figure = plots.score_bars(scores, {"most frequent class": often}, "accuracy, 6 parts")
