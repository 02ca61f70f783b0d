#pragma once
/* The two sections of the configuration that are lists: who sends, and who may use it. */
#include "config/config.h"
#include "read.h"

void config_read_gateways(struct config_reader *r, const struct yaml_node *root, struct config *c);
void config_read_people(struct config_reader *r, const struct yaml_node *root, struct config *c);
