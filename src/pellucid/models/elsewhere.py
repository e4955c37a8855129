"""Methods that Keras's models have, or had once, and that are not here: what serves instead."""

from __future__ import annotations

_ITSELF = "takes generators and PyDatasets itself"

ELSEWHERE: dict[str, str] = {
    "add_metric": "make the metric in __init__, and call its update_state in call",
    "evaluate_generator": f"evaluate {_ITSELF}",
    "export": "nothing is written for other runtimes; save writes Keras's own file, which Keras "
              "opens and exports",
    "fit_generator": f"fit {_ITSELF}",
    "predict_classes": "take predict(x).argmax(axis=-1), or predict(x) > 0.5 for a single sigmoid",
    "predict_generator": f"predict {_ITSELF}",
    "predict_proba": "predict gives probabilities where the last activation is softmax or sigmoid",
    "quantize": "models compute in float32 or float64",
    "reset_states": "call reset_state() of the layers that are stateful",
    "stateless_call": "it serves JAX; here pellucid.engines.trace makes a step with its state",
    "to_yaml": "take to_json, which model_from_json reads",
}
