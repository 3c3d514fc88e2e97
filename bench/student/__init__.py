"""What ``bench/train_student.py`` is made of: texts, tokenizer, teacher, network, training, export."""
