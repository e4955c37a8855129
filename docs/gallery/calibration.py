"""What a model answers"""
from sklearn.model_selection import train_test_split

from pellucid.data import load
from pellucid.insight import plots
from pellucid.sklearn import LogisticRegression

data = load("breast-cancer")
x, x_test, y, y_test = train_test_split(data.x[:, :3], data.y, random_state=0)
model = LogisticRegression(max_iter=500).fit(x, y)
figure = plots.calibration(y_test, model.predict_proba(x_test)[:, 1], n_bins=5)
