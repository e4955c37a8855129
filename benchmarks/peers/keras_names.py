"""A workload in Keras's names: Keras and pellucid take the same lines."""

from __future__ import annotations


def build(w, library):
    """The workload's model, not compiled; ``library`` is the module ``keras`` or ``pellucid``."""
    first = w.layers[0][0]
    if first == "embed":
        return _two_towers(w, library)
    x = inputs = library.Input(w.input_shape, dtype="int32" if first == "lookup" else None)
    if first != "encoder":
        return library.Sequential([inputs, *(_layer(w, library, *each) for each in w.layers)])
    for kind, *arg in w.layers:
        x = (_encoder(library, x, *arg) if kind == "encoder" else
             _layer(w, library, kind, *arg)(x))
    return library.Model(inputs, x)


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
    return {"flatten": made.Flatten, "bn": made.BatchNormalization, "relu": made.ReLU,
            "dropout": made.Dropout, "lstm": made.LSTM, "gru": made.GRU, "lookup": made.Embedding,
            "average": made.GlobalAveragePooling1D}[kind](*arg)


def _encoder(library, x, heads, hidden):
    """Steps look at each other, then each is looked at alone."""
    made, width = library.layers, x.shape[-1]
    seen = made.MultiHeadAttention(heads, width // heads)(x, x)
    x = made.LayerNormalization()(made.Add()([x, seen]))
    alone = made.Dense(width)(made.Dense(hidden, activation="relu")(x))
    return made.LayerNormalization()(made.Add()([x, alone]))


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
