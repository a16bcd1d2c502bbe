import pytest

from mtl_rec.models.layer_names import is_linear


@pytest.mark.parametrize(
    "name", ["linear", "small_linear", "click.linear", "buy.linear_user_numbers"]
)
def test_layers_of_linear_weights_are_known_by_their_name(name):
    assert is_linear(name)


@pytest.mark.parametrize(
    "name", ["linear.embedding_16", "linear.small_embedding_4", "nonlinear_vectors"]
)
def test_a_task_or_a_feature_may_be_called_linear(name):
    assert not is_linear(name)
