"""A workload in Keras's names: Keras and pellucid take the same lines."""

from __future__ import annotations


def build(w, library):
    """The workload's model, not compiled; ``library`` is the module ``keras`` or ``pellucid``."""
    if w.layers[0][0] == "embed":
        return _two_towers(w, library)
    return library.Sequential([library.Input(w.input_shape),
                               *(_layer(w, library, *each) for each in w.layers)])


def _layer(w, library, kind, *arg):
    made, plane = library.layers, len(w.input_shape) == 3
    match kind:
        case "dense":
            penalty = library.regularizers.L2(w.l2) if w.l2 else None
            return made.Dense(arg[0], activation=arg[1], kernel_regularizer=penalty)
        case "conv":
            return (made.Conv2D if plane else made.Conv1D)(
                arg[0], arg[1], padding=arg[2], activation=arg[3])
        case "maxpool":
            return (made.MaxPooling2D if plane else made.MaxPooling1D)(arg[0])
        case "lstm":
            return made.LSTM(arg[0])
    return {"flatten": made.Flatten, "bn": made.BatchNormalization, "relu": made.ReLU,
            "dropout": made.Dropout}[kind](*arg)


def _two_towers(w, library):
    """An embedding for each input, and the dot product of the two vectors."""
    (_, tables, width), _ = w.layers
    made = library.layers
    inputs = [library.Input((1,), dtype="int32") for _ in tables]
    vectors = [made.Flatten()(made.Embedding(n, width)(each))
               for n, each in zip(tables, inputs, strict=True)]
    return library.Model(inputs, made.Dot(axes=1)(vectors))


def compile_model(w, model, library, **options):
    """Give the model the workload's optimizer and loss."""
    losses = library.losses
    model.compile(
        optimizer=library.optimizers.Adam(w.lr) if w.optimizer == "adam"
        else library.optimizers.SGD(w.lr, momentum=w.momentum),
        loss={"bce": lambda: losses.BinaryCrossentropy(from_logits=True),
              "ce": lambda: losses.SparseCategoricalCrossentropy(from_logits=True),
              "mse": losses.MeanSquaredError}[w.loss](), **options)
    return model


def inputs_of(x):
    """Several inputs are a list in Keras's calls."""
    return list(x) if isinstance(x, tuple) else x
