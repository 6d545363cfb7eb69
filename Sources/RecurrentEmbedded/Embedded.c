// `#embed` is C23; clang has it in every language mode from version 19 on. A new file in Recipes/ needs a line in
// each of the two lists below; a test compares them with the directory.
#pragma clang diagnostic ignored "-Wc23-extensions"
#include "RecurrentEmbedded.h"

static const unsigned char shakespeare_demo[] = {
#embed "../../Recipes/shakespeare-demo.yaml"
};
static const unsigned char shakespeare_characters[] = {
#embed "../../Recipes/shakespeare-characters.yaml"
};
static const unsigned char char_rnn[] = {
#embed "../../Recipes/char-rnn.yaml"
};
static const unsigned char ptb_words_small[] = {
#embed "../../Recipes/ptb-words-small.yaml"
};
static const unsigned char ptb_words_dropout[] = {
#embed "../../Recipes/ptb-words-dropout.yaml"
};
static const unsigned char ptb_words_medium[] = {
#embed "../../Recipes/ptb-words-medium.yaml"
};
static const unsigned char self_dialogue[] = {
#embed "../../Recipes/self-dialogue.yaml"
};
static const unsigned char imdb[] = {
#embed "../../Recipes/imdb.yaml"
};
static const unsigned char sst2[] = {
#embed "../../Recipes/sst2.yaml"
};
static const unsigned char movie_reviews[] = {
#embed "../../Recipes/movie-reviews.yaml"
};
static const unsigned char multi30k_de_en[] = {
#embed "../../Recipes/multi30k-de-en.yaml"
};
static const unsigned char multi30k_de_en_no_attention[] = {
#embed "../../Recipes/multi30k-de-en-no-attention.yaml"
};
static const unsigned char multi30k_en_de[] = {
#embed "../../Recipes/multi30k-en-de.yaml"
};
static const unsigned char tatoeba_fra_eng[] = {
#embed "../../Recipes/tatoeba-fra-eng.yaml"
};
static const unsigned char assistments_2009[] = {
#embed "../../Recipes/assistments-2009.yaml"
};
static const unsigned char etth1_24[] = {
#embed "../../Recipes/etth1-24.yaml"
};
static const unsigned char etth1_48[] = {
#embed "../../Recipes/etth1-48.yaml"
};
static const unsigned char etth1_168[] = {
#embed "../../Recipes/etth1-168.yaml"
};
static const unsigned char etth1_336[] = {
#embed "../../Recipes/etth1-336.yaml"
};
static const unsigned char etth1_720[] = {
#embed "../../Recipes/etth1-720.yaml"
};
static const unsigned char beijing_pollution[] = {
#embed "../../Recipes/beijing-pollution.yaml"
};
static const unsigned char airline_passengers[] = {
#embed "../../Recipes/airline-passengers.yaml"
};
static const unsigned char japanese_vowels[] = {
#embed "../../Recipes/japanese-vowels.yaml"
};
static const unsigned char italy_power_demand[] = {
#embed "../../Recipes/italy-power-demand.yaml"
};
static const unsigned char basic_motions[] = {
#embed "../../Recipes/basic-motions.yaml"
};
static const unsigned char indoor_movement[] = {
#embed "../../Recipes/indoor-movement.yaml"
};
static const unsigned char ecg5000[] = {
#embed "../../Recipes/ecg5000.yaml"
};
static const unsigned char mnist_rows[] = {
#embed "../../Recipes/mnist-rows.yaml"
};
static const unsigned char mnist_pixels[] = {
#embed "../../Recipes/mnist-pixels.yaml"
};
static const unsigned char mnist_pixels_tanh[] = {
#embed "../../Recipes/mnist-pixels-tanh.yaml"
};
static const unsigned char pendulum[] = {
#embed "../../Recipes/pendulum.yaml"
};
static const unsigned char shapes[] = {
#embed "../../Recipes/shapes.yaml"
};
static const unsigned char draw_demo[] = {
#embed "../../Recipes/draw-demo.yaml"
};
static const unsigned char draw_mnist[] = {
#embed "../../Recipes/draw-mnist.yaml"
};
static const unsigned char draw_mnist_no_attention[] = {
#embed "../../Recipes/draw-mnist-no-attention.yaml"
};
static const unsigned char flickr8k[] = {
#embed "../../Recipes/flickr8k.yaml"
};
static const unsigned char flickr8k_alignment[] = {
#embed "../../Recipes/flickr8k-alignment.yaml"
};
static const unsigned char flickr8k_attention[] = {
#embed "../../Recipes/flickr8k-attention.yaml"
};
static const unsigned char flickr8k_hard_attention[] = {
#embed "../../Recipes/flickr8k-hard-attention.yaml"
};
static const unsigned char spoken_digits[] = {
#embed "../../Recipes/spoken-digits.yaml"
};
static const unsigned char spoken_digits_demo[] = {
#embed "../../Recipes/spoken-digits-demo.yaml"
};
static const unsigned char spoken_digit_strings[] = {
#embed "../../Recipes/spoken-digit-strings.yaml"
};
static const unsigned char spoken_digit_strings_live[] = {
#embed "../../Recipes/spoken-digit-strings-live.yaml"
};
static const unsigned char spoken_digits_new_speaker[] = {
#embed "../../Recipes/spoken-digits-new-speaker.yaml"
};
static const unsigned char spoken_commands[] = {
#embed "../../Recipes/spoken-commands.yaml"
};
static const unsigned char tinyshakespeare[] = {
#embed "tinyshakespeare.txt"
};

static const recurrent_embedded_file recipes[] = {
    {"shakespeare-demo", shakespeare_demo, sizeof shakespeare_demo},
    {"shakespeare-characters", shakespeare_characters, sizeof shakespeare_characters},
    {"char-rnn", char_rnn, sizeof char_rnn},
    {"ptb-words-small", ptb_words_small, sizeof ptb_words_small},
    {"ptb-words-dropout", ptb_words_dropout, sizeof ptb_words_dropout},
    {"ptb-words-medium", ptb_words_medium, sizeof ptb_words_medium},
    {"self-dialogue", self_dialogue, sizeof self_dialogue},
    {"imdb", imdb, sizeof imdb},
    {"sst2", sst2, sizeof sst2},
    {"movie-reviews", movie_reviews, sizeof movie_reviews},
    {"multi30k-de-en", multi30k_de_en, sizeof multi30k_de_en},
    {"multi30k-de-en-no-attention", multi30k_de_en_no_attention, sizeof multi30k_de_en_no_attention},
    {"multi30k-en-de", multi30k_en_de, sizeof multi30k_en_de},
    {"tatoeba-fra-eng", tatoeba_fra_eng, sizeof tatoeba_fra_eng},
    {"assistments-2009", assistments_2009, sizeof assistments_2009},
    {"etth1-24", etth1_24, sizeof etth1_24},
    {"etth1-48", etth1_48, sizeof etth1_48},
    {"etth1-168", etth1_168, sizeof etth1_168},
    {"etth1-336", etth1_336, sizeof etth1_336},
    {"etth1-720", etth1_720, sizeof etth1_720},
    {"beijing-pollution", beijing_pollution, sizeof beijing_pollution},
    {"airline-passengers", airline_passengers, sizeof airline_passengers},
    {"japanese-vowels", japanese_vowels, sizeof japanese_vowels},
    {"italy-power-demand", italy_power_demand, sizeof italy_power_demand},
    {"basic-motions", basic_motions, sizeof basic_motions},
    {"indoor-movement", indoor_movement, sizeof indoor_movement},
    {"ecg5000", ecg5000, sizeof ecg5000},
    {"mnist-rows", mnist_rows, sizeof mnist_rows},
    {"mnist-pixels", mnist_pixels, sizeof mnist_pixels},
    {"mnist-pixels-tanh", mnist_pixels_tanh, sizeof mnist_pixels_tanh},
    {"pendulum", pendulum, sizeof pendulum},
    {"shapes", shapes, sizeof shapes},
    {"draw-demo", draw_demo, sizeof draw_demo},
    {"draw-mnist", draw_mnist, sizeof draw_mnist},
    {"draw-mnist-no-attention", draw_mnist_no_attention, sizeof draw_mnist_no_attention},
    {"flickr8k", flickr8k, sizeof flickr8k},
    {"flickr8k-alignment", flickr8k_alignment, sizeof flickr8k_alignment},
    {"flickr8k-attention", flickr8k_attention, sizeof flickr8k_attention},
    {"flickr8k-hard-attention", flickr8k_hard_attention, sizeof flickr8k_hard_attention},
    {"spoken-digits", spoken_digits, sizeof spoken_digits},
    {"spoken-digits-demo", spoken_digits_demo, sizeof spoken_digits_demo},
    {"spoken-digit-strings", spoken_digit_strings, sizeof spoken_digit_strings},
    {"spoken-digit-strings-live", spoken_digit_strings_live, sizeof spoken_digit_strings_live},
    {"spoken-digits-new-speaker", spoken_digits_new_speaker, sizeof spoken_digits_new_speaker},
    {"spoken-commands", spoken_commands, sizeof spoken_commands},
};

const recurrent_embedded_file *recurrent_embedded_recipes(size_t *count) {
  *count = sizeof recipes / sizeof recipes[0];
  return recipes;
}

static const unsigned char squeezenet[] = {
#embed "squeezenet1_1.safetensors"
};

recurrent_embedded_file recurrent_embedded_squeezenet(void) {
  recurrent_embedded_file file = {"squeezenet1_1", squeezenet, sizeof squeezenet};
  return file;
}

static const unsigned char spoken_digits_sound[] = {
#embed "spoken-digits.flac"
};

recurrent_embedded_file recurrent_embedded_spoken_digits(void) {
  recurrent_embedded_file file = {"spoken-digits", spoken_digits_sound, sizeof spoken_digits_sound};
  return file;
}

static const unsigned char spoken_digits_manifest[] = {
#embed "spoken-digits.tsv"
};

recurrent_embedded_file recurrent_embedded_spoken_digits_manifest(void) {
  recurrent_embedded_file file = {"spoken-digits", spoken_digits_manifest, sizeof spoken_digits_manifest};
  return file;
}

recurrent_embedded_file recurrent_embedded_tinyshakespeare(void) {
  recurrent_embedded_file file = {"tinyshakespeare", tinyshakespeare, sizeof tinyshakespeare};
  return file;
}
