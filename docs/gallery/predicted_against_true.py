"""What a model answers"""
from sklearn.model_selection import train_test_split

from pellucid.data import load
from pellucid.insight import plots
from pellucid.sklearn import LinearRegression

data = load("diabetes")
x, x_test, y, y_test = train_test_split(data.x, data.y, random_state=0)
model = LinearRegression().fit(x, y)
figure = plots.predicted_against_true(y_test, model.predict(x_test), "progression")
