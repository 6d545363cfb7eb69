/// Everything: tensors and gradients, layers and cells, training, data, pictures, sound and tasks.
@_exported public import RecurrentData
@_exported public import RecurrentLayers
@_exported public import RecurrentPictures
@_exported public import RecurrentSound
@_exported public import RecurrentTasks
@_exported public import RecurrentTensors
@_exported public import RecurrentTraining
