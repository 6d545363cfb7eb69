// The files that live inside the command: its recipes and one text to try them on. They are part of the binary, so that
// it can be copied anywhere and still knows them.
#ifndef RECURRENT_EMBEDDED_H
#define RECURRENT_EMBEDDED_H

#include <stddef.h>

typedef struct {
  const char *_Nonnull name; // without directory and extension
  const unsigned char *_Nonnull bytes;
  size_t count;
} recurrent_embedded_file;

// The recipes in the order in which they are listed.
const recurrent_embedded_file *_Nonnull recurrent_embedded_recipes(size_t *_Nonnull count);

// Tiny Shakespeare: 1,115,394 bytes of Shakespeare's plays, public domain, collected by Andrej Karpathy for char-rnn.
recurrent_embedded_file recurrent_embedded_tinyshakespeare(void);

// The features of SqueezeNet 1.1 (Iandola et al. 2016), trained on ImageNet, as a .safetensors file: the authors' weights (BSD), as the MIT-licensed
// keras-squeezenet gives them. Blue comes first, less (104, 117, 123).
recurrent_embedded_file recurrent_embedded_squeezenet(void);

// 360 recordings of the Free Spoken Digit Dataset (Jackson et al. 2018, CC BY-SA 4.0) behind each other in a FLAC file, and the manifest that says what is
// where in it. spoken-digits-notice.txt says whose they are and what was changed.
recurrent_embedded_file recurrent_embedded_spoken_digits(void);
recurrent_embedded_file recurrent_embedded_spoken_digits_manifest(void);

#endif
