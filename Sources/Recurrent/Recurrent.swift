/// Everything: tensors and gradients, layers and cells, training, data, pictures and tasks.
@_exported public import RecurrentData
@_exported public import RecurrentLayers
@_exported public import RecurrentPictures
@_exported public import RecurrentTasks
@_exported public import RecurrentTensors
@_exported public import RecurrentTraining
