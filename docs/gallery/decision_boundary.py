"""Lines, planes and regions"""
from pellucid.data import load
from pellucid.insight import plots
from pellucid.sklearn import MLPClassifier

iris = load("iris")
model = MLPClassifier((16,), solver="lbfgs", alpha=1.0, max_iter=500, random_state=0)
model.fit(iris.x, iris.y)                               # of four features, two are drawn
figure = plots.decision_boundary(model, iris.x, iris.y, features=(2, 3),
                                 feature_names=iris.feature_names, class_names=iris.class_names)
